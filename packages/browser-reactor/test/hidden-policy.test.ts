import { describe, expect, it } from '@jest/globals';
import { BrowserReactor } from '@triphase/browser-reactor';
import { drain, fakePage, keepBusy, running, type Page } from './page.ts';

const POLICIES = ['run', 'throttle', 'pause'] as const;

/** The calls of the host, without those of the clock, which firings read. */
const asked = (page: Page): Readonly<Record<string, number>> => ({ ...page.calls, now: 0 });

describe('whenHidden', () => {
  it('B5: run: when the page is hidden, turns run by messages in place of frames', async () => {
    const page = fakePage();
    const { ran } = keepBusy(await running(page, { whenHidden: 'run' }));
    page.hide();
    page.runFrame();
    expect(ran).toEqual([]);
    for (let n = 0; n < 5; n++) page.deliverMessages();
    expect(ran).toEqual([0, 1, 2, 3, 4]);
    expect([page.calls['requestAnimationFrame'], page.calls['cancelAnimationFrame']]).toEqual([1, 1]);
  });

  it.each([undefined, 'throttle'] as const)(
    'B5: whenHidden %s: turns run by a timer of one second',
    async (whenHidden) => {
      const page = fakePage();
      const { ran } = keepBusy(await running(page, whenHidden && { whenHidden }));
      page.hide();
      drain(page);
      page.advance(999);
      drain(page);
      expect(ran).toEqual([]);
      page.advance(1);
      expect(ran).toEqual([0]);
      page.advance(10_000);
      drain(page);
      expect(ran.length).toBe(11);
      expect(page.calls['setTimeout']).toBe(13); // one of them watched for the frame while the page was visible (B16)
    },
  );

  it('B5: pause: there are no turns until the page is shown', async () => {
    const page = fakePage();
    const { ran } = keepBusy(await running(page, { whenHidden: 'pause' }));
    const { outstanding } = page;
    page.hide();
    expect(page.outstanding).toBe(outstanding - 2); // the frame, and the timer that watches for it (B16)
    drain(page);
    page.advance(3_600_000);
    expect(ran).toEqual([]);
    page.show();
    page.runFrame();
    expect(ran).toEqual([0]);
  });

  it.each(POLICIES)(
    'B5: %s: calls that are queued while the page is hidden run by a frame once it is shown',
    async (whenHidden) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      page.hide();
      const ran: number[] = [];
      for (let n = 0; n < 3; n++) reactor.callSoon(() => ran.push(n));
      page.show();
      page.runFrame();
      expect(ran).toEqual([0, 1, 2]);
      drain(page);
      page.advance(5_000);
      expect(ran).toEqual([0, 1, 2]);
    },
  );

  it.each(POLICIES)(
    'B5: %s: on an idle page that is hidden and shown nothing is requested, and nothing is left',
    async (whenHidden) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      const before = asked(page);
      const { outstanding } = page;
      for (const change of [page.hide, page.show, page.hide]) {
        change();
        page.advance(60_000);
        drain(page);
      }
      expect([asked(page), page.outstanding]).toEqual([before, outstanding]);
      reactor.crash();
      expect(page.outstanding).toBe(0);
    },
  );

  it.each(POLICIES)(
    'B5: %s: when the queue is empty in a hidden page, nothing but the channel is open',
    async (whenHidden) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      page.hide();
      const { outstanding } = page;
      const ran: number[] = [];
      reactor.callSoon(() => ran.push(1));
      drain(page);
      page.advance(1_000);
      drain(page);
      const after = asked(page);
      page.advance(60_000);
      drain(page);
      expect([ran.length, page.outstanding - outstanding]).toEqual(
        { run: [1, 1], throttle: [1, 0], pause: [0, 0] }[whenHidden],
      );
      expect(asked(page)).toEqual(after);
    },
  );

  it.each(POLICIES)('B5: %s: in every order of hiding, showing and caching each call runs once', (whenHidden) => {
    // All sequences of four of these.
    const happenings: readonly ((page: Page) => void)[] = [
      (page) => page.hide(),
      (page) => page.show(),
      (page) => page.leave(),
      (page) => page.comeBack(),
      (page) => page.runFrame(),
      (page) => page.deliverMessages(),
      (page) => page.advance(25),
      (page) => page.advance(1_000),
    ];
    const length = 4;
    for (let code = 0; code < happenings.length ** length; code++) {
      const page = fakePage();
      const reactor = new BrowserReactor({ host: page, whenHidden });
      void reactor.run();
      const ran: number[] = [];
      const timed: number[] = [];
      for (let n = 0; n < 3; n++) reactor.callSoon(() => ran.push(n));
      for (let rest = code, step = 0; step < length; step++, rest = Math.floor(rest / happenings.length)) {
        reactor.callSoon(() => ran.push(3 + step));
        reactor.callLater(20 + step, () => timed.push(step));
        happenings[rest % happenings.length]!(page);
      }
      page.comeBack();
      page.advance(30);
      drain(page);
      if (ran.join() !== '0,1,2,3,4,5,6') throw new Error(`${code}: ran ${ran.join()}`);
      if (timed.length !== length) throw new Error(`${code}: ${timed.length} timed calls`);
      reactor.crash();
      page.deliverMessages();
      if (page.outstanding !== 0) throw new Error(`${code}: ${page.outstanding} outstanding`);
    }
  });

  it('B5: the policy counts from pagehide on, although the page is still visible', async () => {
    const page = fakePage();
    const { ran } = keepBusy(await running(page, { whenHidden: 'pause' }));
    page.pagehide();
    page.runFrame();
    drain(page);
    expect(ran).toEqual([]);
  });

  it.each([
    { whenHidden: 'run', after: 30, isHiddenFirst: true },
    { whenHidden: 'run', after: 30, isHiddenFirst: false },
    { whenHidden: 'throttle', after: 1_000, isHiddenFirst: true },
    { whenHidden: 'throttle', after: 1_000, isHiddenFirst: false },
    { whenHidden: 'pause', after: Infinity, isHiddenFirst: true },
    { whenHidden: 'pause', after: Infinity, isHiddenFirst: false },
  ] as const)(
    'B5: $whenHidden: in a hidden page a call in 30 ms runs after $after ms (hidden before the call: $isHiddenFirst)',
    async ({ whenHidden, after, isHiddenFirst }) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      const times: number[] = [];
      if (isHiddenFirst) page.hide();
      reactor.callLater(30, () => times.push(reactor.now()));
      page.hide();
      page.advance(100_000);
      expect(times).toEqual(after === Infinity ? [] : [after]);
    },
  );

  it('B5: throttle: a call in 5 s runs in time', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const times: number[] = [];
    page.hide();
    reactor.callLater(5_000, () => times.push(reactor.now()));
    page.advance(10_000);
    expect(times).toEqual([5_000]);
  });

  it.each(POLICIES)(
    'B6: %s: overdue calls run once, in order, when the page is shown; the others when they are due',
    async (whenHidden) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      const ran: string[] = [];
      for (const ms of [50, 20, 2_000]) reactor.callLater(ms, () => ran.push(`${ms} at ${reactor.now()}`));
      page.hide();
      // The host sleeps: its clock goes on, its timers do not fire.
      page.skip(500);
      page.show();
      page.advance(1);
      expect(ran).toEqual(['20 at 501', '50 at 501']);
      page.advance(5_000);
      expect(ran).toEqual(['20 at 501', '50 at 501', '2000 at 2000']);
    },
  );

  it('B6: after Back the wakeup is set again, since timers of Firefox do not count the time in the cache', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const ran: number[] = [];
    reactor.callLater(60_000, () => ran.push(reactor.now()));
    page.leave();
    page.skip(100_000);
    page.comeBack();
    page.advance(1);
    expect(ran).toEqual([100_001]);
  });

  it('B6: the wakeup is set again also if the page comes back in a background tab', async () => {
    const page = fakePage();
    const reactor = await running(page, { whenHidden: 'run' });
    const ran: number[] = [];
    reactor.callLater(60_000, () => ran.push(reactor.now()));
    page.leave();
    page.skip(100_000);
    page.pageshow();
    page.advance(1);
    expect(ran).toEqual([100_001]);
  });

  it.each(
    POLICIES.flatMap((whenHidden) => [
      { whenHidden, isHiddenFirst: true },
      { whenHidden, isHiddenFirst: false },
    ]),
  )(
    'B11: $whenHidden: a reactor in a hidden page stops at once, and its triggers have turns (hidden before the stop: $isHiddenFirst)',
    async ({ whenHidden, isHiddenFirst }) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      const journal: string[] = [];
      reactor.on('shutdown', {
        before: () => new Promise<void>((resolve) => reactor.callSoon(resolve)),
        during: () => new Promise<void>((resolve) => void reactor.callLater(10, resolve)),
        after: () => journal.push('after'),
      });
      reactor.callSoon(() => journal.push('queued'));
      if (isHiddenFirst) page.hide();
      const stopped = reactor.stop();
      page.hide();
      for (let n = 0; n < 5; n++) {
        page.deliverMessages();
        await page.runMicrotasks();
      }
      page.advance(10);
      await stopped;
      expect(journal).toEqual(['queued', 'after']);
      page.deliverMessages();
      expect(page.outstanding).toBe(0);
    },
  );

  it.each(POLICIES)(
    'C26: %s: on a page that is hidden from the beginning turns run while startup is pending',
    async (whenHidden) => {
      const page = fakePage({ visibilityState: 'hidden' });
      const reactor = new BrowserReactor({ host: page, whenHidden });
      reactor.once('startup', () => new Promise<void>((resolve) => reactor.callSoon(resolve)));
      void reactor.run();
      page.deliverMessages();
      await page.runMicrotasks();
      expect(reactor.state).toBe('running');
      const { ran } = keepBusy(reactor);
      page.deliverMessages();
      expect(ran.length).toBe(whenHidden === 'run' ? 1 : 0);
    },
  );

  it('C22: after a run in a hidden page the limits of a firing still apply', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: page, whenHidden: 'pause' });
    void reactor.run();
    await page.runMicrotasks();
    page.hide();
    reactor.crash();
    reactor.on('event', () => new Promise(() => undefined));
    const fired = reactor.fire('event', undefined, { limits: { deadline: 50 } });
    page.advance(50);
    expect((await fired).escalated).toBe(true);
    expect(page.outstanding).toBe(0);
  });

  it('B5: an unknown policy is refused', () => {
    // as: callers without types pass anything
    expect(() => new BrowserReactor({ whenHidden: 'sleep' as 'pause' })).toThrow(RangeError);
  });
});
