import { describe, expect, it } from '@jest/globals';
import { BrowserReactor, type BrowserHost } from '@triphase/browser-reactor';
import { cooperate, type ErrorSource } from '@triphase/core';
import { drain, fakePage, running, workerOf, type Page } from './page.ts';

/** An endless task whose steps take 2 ms each. */
function* steps(page: Page, seen: number[]): Generator<void> {
  for (;;) {
    page.skip(2);
    yield void seen.push(page.now());
  }
}

/** The page itself calls `requestIdleCallback`. */
function whenIdle(page: Page, fn: () => void): void {
  (page as unknown as Required<BrowserHost>).requestIdleCallback(fn); // as: a fake host has what a browser has
}

describe('idle tasks on a page', () => {
  it('B24: a task runs in the idle time of the page, and not in frames or messages', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const seen: number[] = [];
    const task = cooperate(reactor, steps(page, seen), { priority: 'idle' });
    reactor.callSoon(() => undefined);
    drain(page);
    page.advance(1_000);
    drain(page);
    expect(seen).toEqual([]);
    page.runIdle(10);
    expect(seen.length).toBeGreaterThan(0);
    task.stop();
    const { length } = seen;
    page.runIdle(10);
    expect(seen.length).toBe(length);
    drain(page);
    expect(page.calls['cancelIdleCallback']).toBe(1);
  });

  it("B24: the page's own idle callbacks run between the steps of a task", async () => {
    const page = fakePage();
    const reactor = await running(page);
    const order: string[] = [];
    function* endless(): Generator<void> {
      for (;;) {
        page.skip(1);
        if (order.at(-1) !== 'task') order.push('task');
        yield;
      }
    }
    cooperate(reactor, endless(), { priority: 'idle' });
    whenIdle(page, () => order.push('page'));
    page.runIdle(10);
    whenIdle(page, () => order.push('page'));
    page.runIdle(10);
    expect(order).toEqual(['task', 'page', 'task', 'page']);
    expect(page.calls['requestIdleCallback']).toBe(5); // one of the task at a time
  });

  it('B24: a task runs only during a run, and after the run nothing is left in the host', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: page });
    const seen: number[] = [];
    const task = cooperate(reactor, steps(page, seen), { priority: 'idle' });
    const done = task.whenDone();
    done.catch(() => undefined);
    expect(page.calls['requestIdleCallback']).toBeUndefined();
    void reactor.run();
    await page.runMicrotasks();
    page.runIdle(10);
    const first = seen.length;
    expect(first).toBeGreaterThan(0);
    reactor.crash();
    drain(page);
    page.runIdle(10);
    expect([seen.length, page.outstanding]).toEqual([first, 0]);
    const stopped = reactor.run();
    await page.runMicrotasks();
    page.runIdle(10);
    const second = seen.length;
    expect(second).toBeGreaterThan(first);
    void reactor.stop();
    for (let n = 0; n < 10; n++) {
      drain(page);
      await page.runMicrotasks();
    }
    await stopped;
    page.runIdle(10);
    drain(page);
    expect([seen.length, page.outstanding]).toEqual([second, 0]);
    await expect(done).rejects.toThrow('The run is over');
  });

  it.each([
    { whenHidden: 'run', runs: true },
    { whenHidden: 'throttle', runs: true },
    { whenHidden: 'pause', runs: false },
  ] as const)(
    'B24, B5: with whenHidden $whenHidden an idle task runs in a hidden page: $runs',
    async ({ whenHidden, runs }) => {
      const page = fakePage();
      const reactor = await running(page, { whenHidden });
      const seen: number[] = [];
      cooperate(reactor, steps(page, seen), { priority: 'idle' });
      page.hide();
      page.runIdle(10);
      expect(seen.length > 0).toBe(runs);
      page.show();
      const { length } = seen;
      page.runIdle(10);
      expect(seen.length).toBeGreaterThan(length);
    },
  );

  it('B24: callWhenIdle calls the function once, with the time that is left; an error is reported', async () => {
    const page = fakePage();
    const reported: [unknown, ErrorSource][] = [];
    const reactor = await running(page, { onError: (error, source) => reported.push([error, source]) });
    const order: unknown[] = [];
    reactor.callWhenIdle((left) => order.push(left()));
    const cancel = reactor.callWhenIdle(() => order.push('cancelled'));
    reactor.callWhenIdle(function failing() {
      throw 'idle';
    });
    reactor.callWhenIdle(() => {
      order.push('last');
      other?.();
      reactor.callWhenIdle(() => order.push('next time'));
    });
    const other = reactor.callWhenIdle(() => order.push('cancelled by the last'));
    cancel?.();
    expect(page.calls['requestIdleCallback']).toBe(1);
    page.runIdle(7);
    expect(order).toEqual([7, 'last']);
    page.runIdle();
    page.runIdle();
    expect(order).toEqual([7, 'last', 'next time']);
    expect(reported).toEqual([['idle', { kind: 'call', name: 'failing' }]]);
    // as: callers without types pass anything
    expect(() => reactor.callWhenIdle(7 as unknown as () => void)).toThrow('The function for callWhenIdle is number');
  });

  it('B24: without requestIdleCallback, as in a worker, a task runs for up to 5 ms at a time', async () => {
    const page = fakePage();
    const reactor = new BrowserReactor({ host: { ...workerOf(page), now: page.now } });
    void reactor.run();
    await page.runMicrotasks();
    expect(reactor.callWhenIdle(() => undefined)).toBeUndefined();
    const seen: number[] = [];
    cooperate(reactor, steps(page, seen), { priority: 'idle' });
    page.advance(1);
    expect(seen.length).toBe(3);
  });

  it('B14: on a server callWhenIdle calls nothing and does not throw', () => {
    expect(new BrowserReactor().callWhenIdle(() => undefined)).toBeUndefined();
  });
});
