import { describe, expect, it } from '@jest/globals';
import { fakeHost } from '@triphase/testing';
import { HostReactor } from './host-reactor.ts';

/** The functions that the runtime packages use. The fake host has them; its type does not. */
interface RuntimeRecord {
  setImmediate(callback: () => void): unknown;
  clearImmediate(handle: unknown): void;
  setInterval(callback: () => void, ms: number): unknown;
  clearInterval(handle: unknown): void;
  queueMicrotask(callback: () => void): void;
  requestAnimationFrame(callback: (time: number) => void): number;
  cancelAnimationFrame(handle: number): void;
  MessageChannel: typeof MessageChannel;
  process: NodeJS.Process;
  Deno: {
    addSignalListener(signal: string, listener: () => void): void;
    removeSignalListener(signal: string, listener: () => void): void;
  };
  window: Window;
  document: Document;
  navigator: Navigator;
}

function create(): ReturnType<typeof fakeHost> & RuntimeRecord {
  return fakeHost() as ReturnType<typeof fakeHost> & RuntimeRecord; // as: see RuntimeRecord
}

describe('fakeHost', () => {
  it('C49: a reactor on a fake host runs only when the test moves the host, and leaves nothing pending', async () => {
    const host = fakeHost();
    const reactor = new HostReactor({ host });
    const ran: string[] = [];
    const ended = reactor.run();
    reactor.callSoon(() => ran.push(`soon at ${reactor.now()}`));
    reactor.callLater(50, () => ran.push(`timed at ${reactor.now()}`));
    await host.runMicrotasks();
    expect(ran).toEqual([]);
    host.advance(49);
    expect(ran).toEqual(['soon at 1']);
    host.advance(1);
    expect(ran).toEqual(['soon at 1', 'timed at 50']);
    void reactor.stop();
    host.advance(1);
    await ended;
    expect(host.outstanding).toBe(0);
    expect(host.calls['setTimeout']).toBeGreaterThan(1);
  });

  it('C49: timers run in the order of their times, then in the order in which they were set', () => {
    const host = create();
    const ran: string[] = [];
    host.setTimeout(() => ran.push('c'), 5);
    host.setTimeout(() => ran.push('a'), 2);
    host.setTimeout(() => ran.push('b'), 2);
    const cleared = host.setTimeout(() => ran.push('cleared'), 1);
    host.clearTimeout(cleared);
    host.setTimeout(() => host.setTimeout(() => ran.push('set on the way'), 1), 3);
    expect(host.outstanding).toBe(4);
    host.advance(4);
    expect(ran).toEqual(['a', 'b', 'set on the way']);
    expect(host.now()).toBe(4);
    expect(host.outstanding).toBe(1);
    host.clearTimeout(undefined);
    host.clearTimeout({});
  });

  it.each([0, -5, NaN, 2 ** 31, Infinity])('C49: a delay of %p counts as 1 ms, as on real hosts', (ms) => {
    const host = create();
    const ran: number[] = [];
    host.setTimeout(() => ran.push(host.now()), ms);
    host.advance(1);
    expect(ran).toEqual([1]);
  });

  it('C49: an interval goes on until it is cleared', () => {
    const host = create();
    const ran: number[] = [];
    const handle = host.setInterval(() => ran.push(host.now()), 10);
    host.advance(35);
    expect(ran).toEqual([10, 20, 30]);
    host.clearInterval(handle);
    host.advance(35);
    expect(ran).toHaveLength(3);
    expect(host.outstanding).toBe(0);
  });

  it('C49: runMacrotask() runs one timer that is due, else the oldest immediate', () => {
    const host = create();
    const ran: string[] = [];
    host.setImmediate(() => ran.push('immediate'));
    host.clearImmediate(host.setImmediate(() => ran.push('cleared')));
    host.setImmediate(() => ran.push('second immediate'));
    host.setTimeout(() => ran.push('not due'), 5);
    expect(host.runMacrotask()).toBe(true);
    expect(ran).toEqual(['immediate']);
    expect(host.runMacrotask()).toBe(true);
    expect(host.runMacrotask()).toBe(false);
    expect(ran).toEqual(['immediate', 'second immediate']);
    expect(host.outstanding).toBe(1);
  });

  it('C49: runMicrotasks() also runs microtasks that microtasks queue, and promise jobs', async () => {
    const host = create();
    const ran: string[] = [];
    host.queueMicrotask(() => {
      ran.push('first');
      void Promise.resolve().then(() => {
        host.queueMicrotask(() => ran.push('from a promise job'));
      });
      host.queueMicrotask(() => ran.push('nested'));
    });
    expect(ran).toEqual([]);
    await host.runMicrotasks();
    expect(ran).toEqual(['first', 'nested', 'from a promise job']);
    expect(host.outstanding).toBe(0);
  });

  it('C49: runFrame() runs the requested callbacks with the time; those that they request run in the next frame', () => {
    const host = create();
    const ran: string[] = [];
    host.advance(16);
    host.requestAnimationFrame((time) => {
      ran.push(`first at ${time}`);
      host.cancelAnimationFrame(second);
      host.requestAnimationFrame((next) => ran.push(`next at ${next}`));
    });
    const second = host.requestAnimationFrame(() => ran.push('cancelled'));
    host.runFrame();
    expect(ran).toEqual(['first at 16']);
    host.runFrame();
    expect(ran).toEqual(['first at 16', 'next at 16']);
    expect(host.outstanding).toBe(0);
  });

  it('C49: messages wait until they are delivered; a channel is outstanding until it is closed', () => {
    const host = create();
    const heard: unknown[] = [];
    const { port1, port2 } = new host.MessageChannel();
    expect(host.outstanding).toBe(0);
    port1.onmessage = ({ data }) => {
      heard.push(data);
      if (data === 1) port2.postMessage(2);
    };
    port2.postMessage(1);
    expect(host.outstanding).toBe(2);
    expect(heard).toEqual([]);
    host.deliverMessages();
    expect(heard).toEqual([1]);
    host.deliverMessages();
    expect(heard).toEqual([1, 2]);
    port2.postMessage(3);
    port1.close();
    host.deliverMessages();
    port2.postMessage(4);
    host.deliverMessages();
    expect(heard).toEqual([1, 2]);
    expect(host.outstanding).toBe(0);
    expect(host.calls).toMatchObject({ MessageChannel: 1, postMessage: 4 });
  });

  it('C49: emit() of a signal calls the listeners of process and of Deno', () => {
    const host = create();
    const heard: unknown[] = [];
    const listener = (...args: unknown[]): void => void heard.push(args);
    const onDeno = (): void => void heard.push('deno');
    host.process.on('SIGTERM', listener);
    host.process.once('SIGTERM', () => heard.push('once'));
    host.Deno.addSignalListener('SIGTERM', onDeno);
    expect(host.process.listenerCount('SIGTERM')).toBe(2);
    host.emit('process', 'SIGTERM');
    host.emit('process', 'SIGTERM');
    expect(heard).toEqual([['SIGTERM', 15], 'once', 'deno', ['SIGTERM', 15], 'deno']);
    host.process.off('SIGTERM', listener);
    host.Deno.removeSignalListener('SIGTERM', onDeno);
    expect(host.process.eventNames()).toEqual([]);
    expect(host.outstanding).toBe(0);
    expect(host.calls).toMatchObject({ 'process.on': 1, 'process.off': 1, 'Deno.addSignalListener': 1 });
  });

  it('C49: emit() of a message calls the listeners of process; exit() is only counted', () => {
    const host = create();
    const heard: unknown[] = [];
    host.process.on('message', (message) => heard.push(message));
    host.emit('process', 'message', 'shutdown');
    expect(heard).toEqual(['shutdown']);
    const exit = host.process.exit.bind(host.process) as (status: number) => void; // as: here it returns
    exit(1);
    expect(host.calls['process.exit']).toBe(1);
  });

  it('C49: emit() calls the listeners of window and document, and sets properties of the document first', () => {
    const host = create();
    const heard: unknown[] = [];
    const onPageHide = (event: PageTransitionEvent): void => void heard.push(event.type, event.persisted);
    const onVisibility = { handleEvent: () => void heard.push(host.document.visibilityState) };
    host.window.addEventListener('pagehide', onPageHide);
    host.window.addEventListener('pagehide', onPageHide);
    host.document.addEventListener('visibilitychange', onVisibility);
    host.window.addEventListener('load', () => heard.push('load'), { once: true });
    expect(host.outstanding).toBe(3);
    host.emit('document', 'visibilitychange', { visibilityState: 'hidden', hidden: true });
    host.emit('window', 'pagehide', { persisted: true });
    host.emit('window', 'load');
    host.emit('window', 'load');
    expect(heard).toEqual(['hidden', 'pagehide', true, 'load']);
    host.window.removeEventListener('pagehide', onPageHide);
    host.document.removeEventListener('visibilitychange', onVisibility);
    expect(host.outstanding).toBe(0);
  });

  it('C49: two fake hosts share nothing', () => {
    const [one, other] = [create(), create()];
    one.setTimeout(() => undefined, 1);
    one.document.addEventListener('x', () => undefined);
    one.advance(1);
    expect(other.now()).toBe(0);
    expect(other.outstanding).toBe(0);
    expect(other.calls).toEqual({ now: 1 });
  });
});
