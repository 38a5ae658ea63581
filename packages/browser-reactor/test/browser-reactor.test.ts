import { describe, expect, it } from '@jest/globals';
import { HostMissingError } from '@triphase/core';
import {
  BrowserReactor,
  createBrowserReactor,
  type BrowserHost,
  type BrowserReactorOptions,
} from '@triphase/browser-reactor';
import { fakeHost, type FakeHost } from '@triphase/testing';

/** A running reactor that has had its first turns. */
function running(host: FakeHost, options: BrowserReactorOptions = {}): BrowserReactor {
  const reactor = new BrowserReactor({ host, ...options });
  void reactor.run();
  return reactor;
}

/** A fake host without what a page has: a worker, with frames or without. */
function workerOf(host: FakeHost, { frames }: { readonly frames: boolean }): Partial<BrowserHost> {
  const { setTimeout, clearTimeout, now, console } = host;
  // as: a fake host has what a browser has, whatever its type says.
  const { MessageChannel, requestAnimationFrame, cancelAnimationFrame } = host as unknown as Required<BrowserHost>;
  const own = { setTimeout, clearTimeout, now, console, MessageChannel, worker: new EventTarget() };
  return frames ? { ...own, requestAnimationFrame, cancelAnimationFrame } : own;
}

const hide = (host: FakeHost): void => host.emit('document', 'visibilitychange', { visibilityState: 'hidden' });
const show = (host: FakeHost): void => host.emit('document', 'visibilitychange', { visibilityState: 'visible' });

/** Keeps the queue from running empty: each call makes the next, and counts itself. */
function keepBusy(reactor: BrowserReactor): { readonly ran: number[] } {
  const ran: number[] = [];
  const call = (): void => {
    ran.push(ran.length);
    reactor.callSoon(call);
  };
  reactor.callSoon(call);
  return { ran };
}

describe('BrowserReactor on its page', () => {
  it('B1: a turn is one frame, however much is queued', () => {
    const host = fakeHost();
    const reactor = running(host);
    const ran: number[] = [];
    for (let n = 0; n < 100; n++) reactor.callSoon(() => ran.push(n));
    expect(host.calls['requestAnimationFrame']).toBe(1);
    expect(ran).toEqual([]);
    host.runFrame();
    expect(ran.length).toBe(100);
    expect(host.calls['requestAnimationFrame']).toBe(1);
    expect(host.calls['MessageChannel']).toBeUndefined();
  });

  it('B1: with an empty queue nothing is asked for: no frame, no message, no timer', () => {
    const host = fakeHost();
    const reactor = running(host);
    const { outstanding } = host;
    reactor.callSoon(() => undefined);
    host.runFrame();
    expect(host.outstanding).toBe(outstanding);
    const calls = { ...host.calls };
    for (let n = 0; n < 60; n++) {
      host.advance(16);
      host.runFrame();
    }
    expect(host.calls).toEqual(calls);
  });

  it('B1: a turn that is not wanted any more takes its frame with it', () => {
    const host = fakeHost();
    const reactor = running(host);
    const { outstanding } = host;
    reactor.callSoon(() => undefined);
    reactor.iterate();
    expect(host.outstanding).toBe(outstanding);
  });

  it('B2: what a slice leaves goes on by messages, one for each slice', () => {
    const host = fakeHost();
    const reactor = running(host, { maxBatch: 10 });
    const ran: number[] = [];
    for (let n = 0; n < 30; n++) reactor.callSoon(() => ran.push(n));
    host.runFrame();
    expect(ran.length).toBe(10);
    for (const length of [20, 30]) {
      host.deliverMessages();
      expect(ran.length).toBe(length);
    }
    expect(host.calls['postMessage']).toBe(2);
    expect(host.calls['MessageChannel']).toBe(1);
  });

  it('B1: when the last call ran by a message, the frame asked for meanwhile is given back', () => {
    const host = fakeHost();
    const reactor = running(host, { maxBatch: 1 });
    const { outstanding } = host;
    for (let n = 0; n < 2; n++) reactor.callSoon(() => undefined);
    host.runFrame();
    host.deliverMessages();
    expect(host.calls['requestAnimationFrame']).toBe(2);
    expect(host.calls['cancelAnimationFrame']).toBe(1);
    expect(host.outstanding).toBe(outstanding + 1); // the open channel
  });

  it('B3: when no frame has come for gateMs, the next turn waits for one', () => {
    const host = fakeHost();
    const { ran } = keepBusy(running(host, { gateMs: 50 }));
    host.runFrame();
    host.advance(49);
    host.deliverMessages();
    expect(ran.length).toBe(2);
    host.advance(1);
    host.deliverMessages();
    host.deliverMessages();
    expect(ran.length).toBe(2);
    host.runFrame();
    expect(ran.length).toBe(3);
    host.deliverMessages();
    expect(ran.length).toBe(4);
  });

  it('B3: by default the gate is 20 ms', () => {
    const host = fakeHost();
    const { ran } = keepBusy(running(host));
    host.runFrame();
    host.advance(19);
    host.deliverMessages();
    expect(ran.length).toBe(2);
    host.advance(1);
    host.deliverMessages();
    expect(ran.length).toBe(2);
  });

  it('B3: frames that come while messages drive the reactor are turns, and keep the gate open', () => {
    const host = fakeHost();
    const { ran } = keepBusy(running(host));
    host.runFrame();
    for (let n = 0; n < 10; n++) {
      host.advance(16);
      host.runFrame();
      host.deliverMessages();
    }
    expect(ran.length).toBe(21);
  });

  it.each([-1, NaN])('B3: gateMs: %d is refused', (gateMs) => {
    expect(() => new BrowserReactor({ gateMs })).toThrow(RangeError);
    expect(() => new BrowserReactor({ gateMs })).toThrow(String(gateMs));
  });

  it('B5: a frame that is asked for when the page gets hidden becomes a message', () => {
    const host = fakeHost();
    const reactor = running(host, { whenHidden: 'run' });
    const { ran } = keepBusy(reactor);
    hide(host);
    host.runFrame();
    expect(ran).toEqual([]);
    for (let n = 0; n < 5; n++) host.deliverMessages();
    expect(ran).toEqual([0, 1, 2, 3, 4]);
    expect(host.calls['requestAnimationFrame']).toBe(1);
    expect(host.calls['cancelAnimationFrame']).toBe(1);
  });

  it('B5: hidden and shown again at any moment, nothing is lost and nothing comes twice', () => {
    // Each letter is something that happens to the page; all orders of up to six of them.
    const happenings = { hide, show, frame: (host: FakeHost) => host.runFrame(), message: deliver, later };
    const names = Object.keys(happenings) as (keyof typeof happenings)[];
    for (let code = 0; code < names.length ** 6; code++) {
      const host = fakeHost();
      const reactor = running(host, { whenHidden: 'run' });
      const ran: number[] = [];
      for (let n = 0; n < 3; n++) reactor.callSoon(() => ran.push(n));
      for (let rest = code, step = 0; step < 6; step++, rest = Math.floor(rest / names.length)) {
        const before = ran.length;
        reactor.callSoon(() => ran.push(before));
        happenings[names[rest % names.length]!](host);
      }
      drain(host);
      if (ran.length !== 9) throw new Error(`${code}: ran ${ran.length} of 9 calls`);
      reactor.crash();
      if (host.outstanding !== 0) throw new Error(`${code}: ${host.outstanding} outstanding`);
    }
  });

  it('B5: a page that is born hidden has turns by messages', () => {
    const host = fakeHost();
    hide(host);
    const { ran } = keepBusy(running(host, { whenHidden: 'run' }));
    host.deliverMessages();
    expect(ran).toEqual([0]);
    expect(host.calls['requestAnimationFrame']).toBeUndefined();
  });

  it('B5: an idle page that gets hidden and shown asks for nothing', () => {
    const host = fakeHost();
    running(host);
    const calls = { ...host.calls };
    hide(host);
    show(host);
    expect({ ...host.calls, now: 0 }).toEqual({ ...calls, now: 0 }); // firings read the clock
  });

  it('B11: a page that goes away fires shutdown in the middle of pagehide, as terminal', async () => {
    const host = fakeHost();
    const reactor = new BrowserReactor({ host });
    const ran: unknown[] = [];
    reactor.on('shutdown', {
      before: ({ detail }) => ran.push(detail),
      during: ({ terminal }) => ran.push(terminal),
      after: () => ran.push('after'),
    });
    const run = reactor.run();
    host.emit('window', 'pagehide', { persisted: false });
    expect(ran).toEqual([{ kind: 'pagehide' }, true, 'after']);
    expect((await run).reason).toEqual({ kind: 'pagehide' });
    host.deliverMessages();
    expect(host.outstanding).toBe(0);
  });

  it('B9: a pagehide of a page that is kept is not a shutdown', () => {
    const host = fakeHost();
    const reactor = running(host);
    host.emit('window', 'pagehide', { persisted: true });
    expect(reactor.state).toBe('running');
    hide(host);
    const { ran } = keepBusy(reactor);
    show(host);
    host.emit('window', 'pageshow', { persisted: true });
    host.runFrame();
    expect(ran).toEqual([0]);
  });

  it('B10: it adds two listeners to the window and three to the document, and all are gone after the run', () => {
    const host = fakeHost();
    const reactor = running(host);
    expect(host.calls['window.addEventListener']).toBe(2);
    expect(host.calls['document.addEventListener']).toBe(3);
    reactor.crash();
    expect(host.outstanding).toBe(0);
  });

  it('C30: the channel is closed with the run, and a message that was under way does nothing', () => {
    const host = fakeHost();
    const reactor = running(host);
    const { ran } = keepBusy(reactor);
    host.runFrame();
    reactor.crash();
    expect(ran).toEqual([0]);
    host.deliverMessages();
    host.runFrame();
    expect(ran).toEqual([0]);
    expect(host.outstanding).toBe(0);
    void reactor.run();
    host.runFrame();
    host.deliverMessages();
    expect(ran).toEqual([0, 1, 2]);
  });

  it('C3: constructing one asks nothing of the host', () => {
    const host = fakeHost();
    createBrowserReactor({ host });
    expect(host.calls).toEqual({});
  });

  it('B14: where there is neither page nor worker only run() minds', () => {
    const reactor = new BrowserReactor();
    expect(() => reactor.run()).toThrow(HostMissingError);
    expect(() => reactor.run()).toThrow('pass { host }');
    expect(reactor.state).toBe('idle');
  });
});

describe('BrowserReactor in a worker', () => {
  it('B7: turns are frames where the worker has them', () => {
    const host = fakeHost();
    const reactor = new BrowserReactor({ host: workerOf(host, { frames: true }) });
    void reactor.run();
    const { ran } = keepBusy(reactor);
    host.runFrame();
    host.deliverMessages();
    expect(ran).toEqual([0, 1]);
  });

  it('B7: turns are messages where it has none', () => {
    const host = fakeHost();
    const reactor = new BrowserReactor({ host: workerOf(host, { frames: false }) });
    void reactor.run();
    const { ran } = keepBusy(reactor);
    for (let n = 0; n < 3; n++) host.deliverMessages();
    reactor.crash();
    host.deliverMessages();
    expect(ran).toEqual([0, 1, 2]);
    expect(host.outstanding).toBe(0);
  });
});

function deliver(host: FakeHost): void {
  host.deliverMessages();
}

function later(host: FakeHost): void {
  host.advance(25);
}

/** Whatever the page is asked for comes, until nothing more does. */
function drain(host: FakeHost): void {
  for (let n = 0; n < 3; n++) {
    host.deliverMessages();
    host.runFrame();
  }
}
