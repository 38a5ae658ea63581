import type { Host } from '@triphase/core';

type AnyFunction = (...args: never[]) => unknown;

/** Host functions that schedule something, and the functions that cancel it. */
const cancels: Readonly<Record<string, string>> = {
  setTimeout: 'clearTimeout',
  setImmediate: 'clearImmediate',
  requestAnimationFrame: 'cancelAnimationFrame',
};

/** A host record that calls the real host, counts the calls, and tracks what is still outstanding. */
export interface CountingHost {
  /** For the option `host`: the functions that our reactors call, as far as this host has them. */
  readonly record: Partial<Host>;
  /** Number of host calls, those of the clock included. */
  readonly calls: number;
  /** Number of timers, immediates, frames and channels that are neither over nor cancelled. */
  readonly outstanding: number;
  /** Maximum of `outstanding` so far. */
  readonly mostOutstanding: number;
}

export function countingHost(): CountingHost {
  const counts = { calls: 0, mostOutstanding: 0 };
  const held: Set<object> = new Set();
  const hold = (): (() => void) => {
    const item = {};
    held.add(item);
    counts.mostOutstanding = Math.max(counts.mostOutstanding, held.size);
    return () => void held.delete(item);
  };
  const record: Record<string, unknown> = { now: counted(counts, 'now', globalValue('performance')) };
  for (const [make, cancel] of Object.entries(cancels)) Object.assign(record, countedPair(counts, make, cancel, hold));
  if (typeof globalValue('queueMicrotask') === 'function') record['queueMicrotask'] = counted(counts, 'queueMicrotask');
  const Channel = globalValue('MessageChannel');
  if (typeof Channel === 'function') record['MessageChannel'] = countedChannel(counts, Channel as ChannelClass, hold); // as: the class of the host
  return {
    // The compiler doesn't check the values: the code above gives each key the function of the host with that name.
    record: record,
    get calls() {
      return counts.calls;
    },
    get outstanding() {
      return held.size;
    },
    get mostOutstanding() {
      return counts.mostOutstanding;
    },
  };
}

interface Counts {
  calls: number;
}

function globalValue(name: string): unknown {
  return Reflect.get(globalThis, name);
}

function counted(counts: Counts, name: string, owner: unknown = globalThis): AnyFunction {
  // as: the callers have checked that the host has it.
  const real = Reflect.get(owner as object, name) as AnyFunction;
  return (...args) => {
    counts.calls++;
    return Reflect.apply(real, owner, args) as unknown; // as: Reflect.apply returns any
  };
}

function countedPair(
  counts: Counts,
  make: string,
  cancel: string,
  hold: () => () => void,
): Record<string, AnyFunction> {
  if (typeof globalValue(make) !== 'function') return {};
  const realMake = counted(counts, make) as (callback: AnyFunction, ...rest: unknown[]) => unknown; // as: each takes a callback first
  const realCancel = counted(counts, cancel) as (handle: unknown) => void; // as: and returns a handle
  const releases: Map<unknown, () => void> = new Map();
  return {
    [make]: (callback: AnyFunction, ...rest: unknown[]) => {
      const release = hold();
      const handle = realMake(
        (...args) => {
          release();
          releases.delete(handle);
          return callback(...args);
        },
        ...rest,
      );
      releases.set(handle, release);
      return handle;
    },
    [cancel]: (handle: unknown) => {
      releases.get(handle)?.();
      releases.delete(handle);
      realCancel(handle);
    },
  };
}

interface Port {
  postMessage(...args: unknown[]): void;
  close(): void;
}

type ChannelClass = new () => { readonly port1: Port; readonly port2: Port };

/** A `MessageChannel` class whose channels are outstanding until either port is closed. */
function countedChannel(counts: Counts, Channel: ChannelClass, hold: () => () => void): ChannelClass {
  return class extends Channel {
    constructor() {
      super();
      counts.calls++;
      const release = hold();
      for (const port of [this.port1, this.port2]) {
        const { postMessage, close } = port;
        port.postMessage = (...args) => {
          counts.calls++;
          postMessage.apply(port, args);
        };
        port.close = () => {
          release();
          close.call(port);
        };
      }
    }
  };
}
