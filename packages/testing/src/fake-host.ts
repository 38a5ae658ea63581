import type { Host } from '@triphase/core';
import { FakeQueue } from './fake-host/fake-queue.ts';
import { FakeTimers } from './fake-host/fake-timers.ts';
import { fakeMessageChannel } from './fake-host/fake-message-channel.ts';
import { fakeEvent, fakePageTarget } from './fake-host/fake-page.ts';
import { fakeDeno, fakeProcess } from './fake-host/fake-process.ts';
import { HostRecord } from './fake-host/host-record.ts';
import { nextMacrotask } from './host-globals.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * A host record for any of our reactors, driven by hand: nothing runs by itself. Besides the members below it has these, which
 * node-reactor, browser-reactor and deno-shim take from their hosts: immediates, microtasks, frames, idle callbacks, `MessageChannel`,
 * `process`, `Deno`, `window`, `document`, `navigator`.
 */
export interface FakeHost extends Host {
  /** How often each host function was called, by name: `setTimeout`, `now`, `process.on`, `window.addEventListener`. */
  readonly calls: Readonly<Record<string, number>>;
  /**
   * How many things the host still has to do or holds: timers, immediates, microtasks, frames, idle callbacks, undelivered messages, open
   * ports, listeners.
   */
  readonly outstanding: number;
  /** Runs the timer that is due first, else the oldest immediate; `false` when there is neither. */
  runMacrotask(): boolean;
  /** Runs microtasks, and lets promise jobs settle, until there are none. */
  runMicrotasks(): Promise<void>;
  /** Moves the clock on by `ms`, halting at each timer on the way to run it. */
  advance(ms: number): void;
  /** Runs the frame callbacks there are now. */
  runFrame(): void;
  /** Runs the idle callbacks there are now, as if the page were idle for `ms`; default 50. */
  runIdle(ms?: number): void;
  /** Delivers the messages posted by now. */
  deliverMessages(): void;
  /**
   * Makes something happen to the host. With `process` it emits a signal, which Deno's listeners hear too, or a message; `detail` is the first
   * argument of the listeners. With `window` or `document` it dispatches an event that has the properties of `detail`; a document gets these
   * properties first: `{ visibilityState: 'hidden' }`.
   */
  emit(target: 'process' | 'window' | 'document', event: string, detail?: unknown): void;
}

/** What an idle callback is given. */
interface IdleDeadline {
  readonly didTimeout: boolean;
  timeRemaining(): number;
}

/** A new fake host; its clock stands at 0. */
export function fakeHost(): FakeHost {
  return fakeHostParts().host;
}

/** A fake host, and what a driver of it needs to know besides. */
interface FakeHostParts {
  readonly host: FakeHost;
  readonly timers: FakeTimers;
  readonly messages: FakeQueue;
  readonly frames: FakeQueue<[number]>;
  readonly idle: FakeQueue<[IdleDeadline]>;
}

/** A new fake host with its queues, for `ManualPage`. */
export function fakeHostParts(): FakeHostParts {
  const record = new HostRecord();
  const timers = new FakeTimers(record);
  const immediates = new FakeQueue(record);
  const microtasks = new FakeQueue(record);
  const messages = new FakeQueue(record);
  let handles = 0;
  const frames: FakeQueue<[number]> = new FakeQueue(record, () => ++handles);
  const idle: FakeQueue<[IdleDeadline]> = new FakeQueue(record, () => ++handles);
  const process = fakeProcess(record);
  const deno = fakeDeno(record);
  const window = fakePageTarget(record, 'window', {});
  const document = fakePageTarget(record, 'document', {
    visibilityState: 'visible',
    hidden: false,
    readyState: 'complete',
  });

  const host: FakeHost = {
    setTimeout: record.counted('setTimeout', (callback: () => void, ms: number) => timers.set(callback, ms, false)),
    clearTimeout: record.counted('clearTimeout', (handle: unknown) => {
      timers.clear(handle);
    }),
    now: record.counted('now', () => timers.now),
    wallNow: record.counted('wallNow', () => timers.now),
    random: record.counted('random', seededRandom(1)),
    console: {
      info: record.counted('console.info', ignore),
      warn: record.counted('console.warn', ignore),
      error: record.counted('console.error', ignore),
    },
    ...{
      setInterval: record.counted('setInterval', (callback: () => void, ms: number) => timers.set(callback, ms, true)),
      clearInterval: record.counted('clearInterval', (handle: unknown) => {
        timers.clear(handle);
      }),
      setImmediate: record.counted('setImmediate', (callback: () => void) => immediates.add(callback)),
      clearImmediate: record.counted('clearImmediate', (handle: unknown) => {
        immediates.cancel(handle);
      }),
      queueMicrotask: record.counted('queueMicrotask', (callback: () => void) => void microtasks.add(callback)),
      requestAnimationFrame: record.counted('requestAnimationFrame', (callback: (time: number) => void) =>
        frames.add(callback),
      ),
      cancelAnimationFrame: record.counted('cancelAnimationFrame', (handle: unknown) => {
        frames.cancel(handle);
      }),
      requestIdleCallback: record.counted('requestIdleCallback', (callback: (deadline: IdleDeadline) => void) =>
        idle.add(callback),
      ),
      cancelIdleCallback: record.counted('cancelIdleCallback', (handle: unknown) => {
        idle.cancel(handle);
      }),
      MessageChannel: fakeMessageChannel(record, messages),
      process,
      Deno: deno,
      window,
      document,
      navigator: { userAgent: 'fake host', sendBeacon: record.counted('navigator.sendBeacon', () => true) },
    },

    calls: record.calls,
    get outstanding() {
      return record.outstanding;
    },
    runMacrotask: () => timers.runDue() || immediates.runOne(),
    runMicrotasks: async () => {
      do await nextMacrotask();
      while (microtasks.runOne());
    },
    advance: (ms) => {
      timers.advance(ms);
    },
    runFrame: () => {
      frames.runPresent(timers.now);
    },
    runIdle: (ms = 50) => {
      const end = timers.now + ms;
      idle.runPresent({ didTimeout: false, timeRemaining: () => Math.max(0, end - timers.now) });
    },
    deliverMessages: () => {
      messages.runPresent();
    },
    emit: (target, event, detail) => {
      if (target === 'process') {
        process.emit(event, ...(detail === undefined ? [] : [detail]));
        deno.emit(event);
      } else if (target === 'window') window.dispatchEvent(fakeEvent(event, detail));
      else document.dispatchEvent(fakeEvent(event, Object.assign(document, pageState(detail))));
    },
  };
  return { host, timers, messages, frames, idle };
}

/** The properties of an event's detail, which the document takes on. */
function pageState(detail: unknown): object {
  return typeof detail === 'object' && detail !== null ? detail : {};
}

function ignore(): void {
  // A fake host prints nothing.
}
