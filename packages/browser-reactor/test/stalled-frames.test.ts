import { describe, expect, it } from '@jest/globals';
import { BrowserReactor } from '@triphase/browser-reactor';
import { sleep } from '@triphase/core';
import { drain, fakePage, keepBusy, running, workerOf, type Page } from './page.ts';

/** Lets a second pass on a page with a frame every 16 ms. */
function secondOfFrames(page: Page): void {
  for (let ms = 0; ms < 992; ms += 16) {
    page.advance(16);
    page.runFrame();
  }
}

describe('a page that gets no frames', () => {
  it('B16: queued and timed calls run by messages and timers 200 ms after a request for a frame', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const ran: string[] = [];
    reactor.callSoon(() => ran.push(`soon at ${reactor.now()}`));
    reactor.callLater(300, () => ran.push(`later at ${reactor.now()}`));
    page.advance(199);
    page.deliverMessages();
    expect(ran).toEqual([]);
    page.advance(1);
    page.deliverMessages();
    page.advance(1_000);
    expect(ran).toEqual(['soon at 200', 'later at 300']);
    expect(page.calls['requestAnimationFrame']).toBe(1);
  });

  it('B16: from then on no call waits for a frame: a call runs at once, a timed call in time', async () => {
    const page = fakePage();
    const reactor = await running(page);
    reactor.callSoon(() => undefined);
    page.advance(200);
    page.deliverMessages();
    const ran: string[] = [];
    reactor.callSoon(() => ran.push(`soon at ${reactor.now()}`));
    page.deliverMessages();
    reactor.callLater(7, () => ran.push(`later at ${reactor.now()}`));
    page.advance(10);
    expect(ran).toEqual(['soon at 200', 'later at 207']);
  });

  it.each(['run', 'throttle', 'pause'] as const)(
    'B16: whenHidden %s: an endless queue goes on by messages, one for each slice',
    async (whenHidden) => {
      const page = fakePage();
      const { ran } = keepBusy(await running(page, { whenHidden }));
      page.advance(200);
      for (let n = 0; n < 100; n++) page.deliverMessages();
      expect(ran.length).toBe(100);
      expect(page.calls['postMessage']).toBe(101);
    },
  );

  it('B16: a stop ends, and its triggers have turns, limits and timed calls', async () => {
    const page = fakePage();
    const reactor = await running(page, { limits: { shutdown: { before: 50 } } });
    const journal: string[] = [];
    reactor.callSoon(() => journal.push('queued'));
    reactor.on('shutdown', {
      before: () => new Promise(() => undefined),
      during: () => sleep(reactor, 20),
      after: () => journal.push('after'),
    });
    const stopped = reactor.stop();
    page.advance(200);
    page.deliverMessages();
    expect(journal).toEqual(['queued']);
    page.advance(50);
    for (let n = 0; n < 3; n++) {
      await page.runMicrotasks();
      page.deliverMessages();
      page.advance(20);
    }
    const { shutdown } = await stopped;
    expect(journal).toEqual(['queued', 'after']);
    expect(shutdown?.abandoned.length).toBe(1);
    expect(page.outstanding).toBe(0);
  });

  it('B16: frame callbacks are called from the first frame on that comes', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta));
    await page.runMicrotasks();
    page.advance(60_000);
    page.deliverMessages();
    expect(deltas).toEqual([]);
    secondOfFrames(page);
    expect(deltas.slice(0, 3)).toEqual([0, 16, 16]);
  });

  it('B16: from the first frame on that comes turns run by frames again, and by messages only in the message window', async () => {
    const page = fakePage();
    const { ran } = keepBusy(await running(page));
    page.advance(200);
    page.deliverMessages();
    expect(ran.length).toBe(1);
    page.runFrame();
    expect(ran.length).toBe(2);
    page.advance(20);
    drain(page);
    page.advance(20);
    const { length } = ran;
    for (let n = 0; n < 5; n++) page.deliverMessages();
    expect(ran.length).toBe(length);
    page.runFrame();
    expect(ran.length).toBe(length + 1);
  });

  it('B16: the request for a frame is kept, so that an idle reactor notices the first frame, too', async () => {
    const page = fakePage();
    const reactor = await running(page);
    reactor.callSoon(() => undefined);
    page.advance(200);
    page.deliverMessages();
    expect(page.calls['cancelAnimationFrame']).toBeUndefined();
    page.advance(3_600_000);
    page.runFrame();
    const ran: number[] = [];
    page.advance(100);
    reactor.callSoon(() => ran.push(1));
    drain(page);
    expect([ran, page.calls['requestAnimationFrame'], page.calls['postMessage']]).toEqual([[1], 2, 1]);
  });

  it('B16: with 60 frames a second about five timers a second watch them, and none on an idle page', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const handle = reactor.onFrame(() => undefined);
    for (let n = 0; n < 10; n++) secondOfFrames(page);
    expect(page.calls['requestAnimationFrame']).toBeGreaterThan(600);
    expect(page.calls['setTimeout']).toBeLessThanOrEqual(60);
    handle.remove();
    page.advance(200);
    const timers = page.calls['setTimeout'];
    page.advance(60_000);
    expect(page.calls['setTimeout']).toBe(timers);
  });

  it('B16: with a frame every 190 ms turns run by frames', async () => {
    const page = fakePage();
    const { ran } = keepBusy(await running(page, { messageWindowMs: 0 }));
    for (let n = 0; n < 20; n++) {
      page.advance(190);
      page.deliverMessages();
      page.runFrame();
    }
    expect(ran.length).toBe(20);
    expect(page.calls['postMessage']).toBeUndefined();
  });

  it.each([
    { messageWindowMs: 0, ms: 200 },
    { messageWindowMs: 20, ms: 200 },
    { messageWindowMs: 50, ms: 500 },
    { messageWindowMs: Infinity, ms: 1_000 },
  ])('B16: with messageWindowMs $messageWindowMs a frame may take $ms ms', async ({ messageWindowMs, ms }) => {
    const page = fakePage();
    const { ran } = keepBusy(await running(page, { messageWindowMs }));
    page.advance(ms - 1);
    page.deliverMessages();
    expect(ran).toEqual([]);
    page.advance(1);
    page.deliverMessages();
    expect(ran).toEqual([0]);
  });

  it.each(['throttle', 'pause'] as const)(
    'B16: in a hidden page whenHidden %s counts; once the page is shown, a frame may take 200 ms again',
    async (whenHidden) => {
      const page = fakePage();
      const { ran } = keepBusy(await running(page, { whenHidden }));
      page.advance(200);
      page.deliverMessages();
      expect(ran.length).toBe(1);
      page.hide();
      drain(page);
      page.advance(999);
      drain(page);
      expect(ran.length).toBe(1);
      page.show();
      page.advance(199);
      page.deliverMessages();
      expect(ran.length).toBe(1);
      page.advance(1);
      page.deliverMessages();
      expect(ran.length).toBe(2);
    },
  );

  it.each([0, 100, 200, 300])(
    'B16: a run that ends after %s ms leaves no request for a frame and no timer',
    async (ms) => {
      const page = fakePage();
      const reactor = await running(page);
      reactor.callSoon(() => undefined);
      page.advance(ms);
      page.deliverMessages();
      reactor.crash();
      expect([ms, page.outstanding]).toEqual([ms, 0]);
    },
  );

  it('B16: in a worker turns run by messages 200 ms after a request for a frame, too', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: workerOf(page) });
    void reactor.run();
    await page.runMicrotasks();
    const { ran } = keepBusy(reactor);
    page.advance(200);
    page.deliverMessages();
    page.deliverMessages();
    expect(ran.length).toBe(2);
    reactor.crash();
    page.deliverMessages();
    expect(page.outstanding).toBe(0);
  });
});
