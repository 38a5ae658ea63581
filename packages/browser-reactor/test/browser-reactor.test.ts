import { describe, expect, it } from '@jest/globals';
import { HostMissingError } from '@triphase/core';
import { BrowserReactor, createBrowserReactor } from '@triphase/browser-reactor';
import { fakeHost } from '@triphase/testing';
import { keepBusy, started, workerOf } from './page.ts';

describe('BrowserReactor on its page', () => {
  it('B1: a turn is one frame, also with 100 queued calls', () => {
    const host = fakeHost();
    const reactor = started(host);
    const ran: number[] = [];
    for (let n = 0; n < 100; n++) reactor.callSoon(() => ran.push(n));
    expect(host.calls['requestAnimationFrame']).toBe(1);
    expect(ran).toEqual([]);
    host.runFrame();
    expect(ran.length).toBe(100);
    expect(host.calls['requestAnimationFrame']).toBe(1);
    expect(host.calls['MessageChannel']).toBeUndefined();
  });

  it('B1: with an empty queue there is no request for a frame, no message and no timer', () => {
    const host = fakeHost();
    const reactor = started(host);
    const { outstanding } = host;
    reactor.callSoon(() => undefined);
    host.runFrame();
    host.advance(200); // the timer that watches for that frame fires once (B16)
    expect(host.outstanding).toBe(outstanding);
    const calls = { ...host.calls };
    for (let n = 0; n < 60; n++) {
      host.advance(16);
      host.runFrame();
    }
    expect(host.calls).toEqual(calls);
  });

  it('B1: the frame of a turn that is not needed any more is cancelled', () => {
    const host = fakeHost();
    const reactor = started(host);
    const { outstanding } = host;
    reactor.callSoon(() => undefined);
    reactor.iterate();
    host.advance(200); // the timer that watches for that frame (B16)
    expect(host.outstanding).toBe(outstanding);
  });

  it('B2: the rest of a slice runs by messages, one for each slice', () => {
    const host = fakeHost();
    const reactor = started(host, { maxBatch: 10 });
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

  it('B1: when the last call ran by a message, the frame that was requested meanwhile is cancelled', () => {
    const host = fakeHost();
    const reactor = started(host, { maxBatch: 1 });
    const { outstanding } = host;
    for (let n = 0; n < 2; n++) reactor.callSoon(() => undefined);
    host.runFrame();
    host.deliverMessages();
    expect(host.calls['requestAnimationFrame']).toBe(2);
    expect(host.calls['cancelAnimationFrame']).toBe(1);
    host.advance(200); // the timer that watches for those frames (B16)
    expect(host.outstanding).toBe(outstanding + 1); // the open channel
  });

  it('B3: when no frame has come for messageWindowMs, the next turn waits for one', () => {
    const host = fakeHost();
    const { ran } = keepBusy(started(host, { messageWindowMs: 50 }));
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

  it('B3: by default the message window is 20 ms', () => {
    const host = fakeHost();
    const { ran } = keepBusy(started(host));
    host.runFrame();
    host.advance(19);
    host.deliverMessages();
    expect(ran.length).toBe(2);
    host.advance(1);
    host.deliverMessages();
    expect(ran.length).toBe(2);
  });

  it('B3: frames that come while turns run by messages are turns, too, and open the message window again', () => {
    const host = fakeHost();
    const { ran } = keepBusy(started(host));
    host.runFrame();
    for (let n = 0; n < 10; n++) {
      host.advance(16);
      host.runFrame();
      host.deliverMessages();
    }
    expect(ran.length).toBe(21);
  });

  it.each([-1, NaN])('B3: messageWindowMs: %d is refused', (messageWindowMs) => {
    expect(() => new BrowserReactor({ messageWindowMs })).toThrow(RangeError);
    expect(() => new BrowserReactor({ messageWindowMs })).toThrow(String(messageWindowMs));
  });

  it('C30: the channel is closed at the end of the run, and a message that was under way has no effect', () => {
    const host = fakeHost();
    const reactor = started(host);
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

  it('C3: the constructor calls nothing of the host', () => {
    const host = fakeHost();
    createBrowserReactor({ host });
    expect(host.calls).toEqual({});
  });

  it('B14: on a host that is no page and no worker the constructor works, and run() throws HostMissingError', () => {
    const reactor = new BrowserReactor();
    expect(() => reactor.run()).toThrow(HostMissingError);
    expect(() => reactor.run()).toThrow('pass { host }');
    expect(reactor.state).toBe('idle');
  });
});

describe('BrowserReactor in a worker', () => {
  it('B7: turns are frames if the worker has frames', () => {
    const host = fakeHost();
    const reactor = new BrowserReactor({ host: workerOf(host) });
    void reactor.run();
    const { ran } = keepBusy(reactor);
    host.runFrame();
    host.deliverMessages();
    expect(ran).toEqual([0, 1]);
  });

  it('B7: turns are messages if requestAnimationFrame throws, as in a worker that no page owns', async () => {
    const host = fakeHost();
    let asked = 0;
    const requestAnimationFrame = (): never => {
      asked++;
      throw new Error('NotSupportedError');
    };
    const reactor = new BrowserReactor({ host: { ...workerOf(host), requestAnimationFrame } });
    void reactor.run();
    await host.runMicrotasks();
    reactor.onFrame(() => undefined);
    const { ran } = keepBusy(reactor);
    for (let n = 0; n < 3; n++) host.deliverMessages();
    expect([ran, asked]).toEqual([[0, 1, 2], 1]);
  });

  it('B7: turns are messages if the worker has no frames', () => {
    const host = fakeHost();
    const reactor = new BrowserReactor({ host: workerOf(host, false) });
    void reactor.run();
    const { ran } = keepBusy(reactor);
    for (let n = 0; n < 3; n++) host.deliverMessages();
    reactor.crash();
    host.deliverMessages();
    expect(ran).toEqual([0, 1, 2]);
    expect(host.outstanding).toBe(0);
  });
});
