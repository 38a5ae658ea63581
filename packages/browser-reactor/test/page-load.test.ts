import { describe, expect, it } from '@jest/globals';
import { ReactorAlreadyRunningError } from '@triphase/core';
import { BrowserReactor, type BrowserReactorOptions } from '@triphase/browser-reactor';
import { fakePage, started, workerOf, type Page } from './page.ts';

const load = (page: Page, readyState: string): void => page.emit('document', 'readystatechange', { readyState });

/** A reactor on a page that is loading. `journal` gets the phases of startup and shutdown. */
function runWhileLoading(options?: BrowserReactorOptions): {
  readonly page: Page;
  readonly reactor: BrowserReactor;
  readonly journal: string[];
} {
  const page = fakePage({ readyState: 'loading' });
  const reactor = new BrowserReactor({ host: page, ...options });
  const journal: string[] = [];
  for (const event of ['startup', 'shutdown'] as const) {
    reactor.on(event, {
      before: () => journal.push(`before ${event}`),
      during: () => journal.push(event),
      after: () => journal.push(`after ${event}`),
    });
  }
  return { page, reactor, journal };
}

const STARTED = ['before startup', 'startup', 'after startup'];
const STOPPED = ['before shutdown', 'shutdown', 'after shutdown'];

describe('startAt', () => {
  it.each([
    { startAt: undefined, readyState: 'loading', state: 'starting' },
    { startAt: undefined, readyState: 'interactive', state: 'running' },
    { startAt: undefined, readyState: 'complete', state: 'running' },
    { startAt: 'interactive', readyState: 'loading', state: 'starting' },
    { startAt: 'interactive', readyState: 'interactive', state: 'running' },
    { startAt: 'interactive', readyState: 'complete', state: 'running' },
    { startAt: 'complete', readyState: 'loading', state: 'starting' },
    { startAt: 'complete', readyState: 'interactive', state: 'starting' },
    { startAt: 'complete', readyState: 'complete', state: 'running' },
    { startAt: 'now', readyState: 'loading', state: 'running' },
    { startAt: 'now', readyState: 'interactive', state: 'running' },
    { startAt: 'now', readyState: 'complete', state: 'running' },
  ] as const)(
    'B8: with startAt $startAt, while the page is $readyState, the reactor is $state',
    ({ startAt, readyState, state }) => {
      const page = fakePage({ readyState });
      expect(started(page, startAt && { startAt }).state).toBe(state);
    },
  );

  it('B8: startup is fired once, with all its phases, when the page has reached startAt', () => {
    const { page, reactor, journal } = runWhileLoading({ startAt: 'complete' });
    void reactor.run();
    load(page, 'interactive');
    expect([journal, reactor.state, reactor.running]).toEqual([[], 'starting', false]);
    load(page, 'complete');
    expect([journal, reactor.state]).toEqual([STARTED, 'running']);
    load(page, 'complete');
    expect(journal).toEqual(STARTED);
  });

  it('C25: the reactor listens to the page from run() on: a page that is closed while it loads shuts down', async () => {
    const { page, reactor, journal } = runWhileLoading();
    const run = reactor.run();
    expect(() => reactor.run()).toThrow(ReactorAlreadyRunningError);
    page.close();
    expect(journal).toEqual(STOPPED);
    const { reason, startup } = await run;
    expect([reason, startup.counts]).toEqual([{ kind: 'pagehide' }, { before: 0, during: 0, after: 0 }]);
    page.deliverMessages();
    expect(page.outstanding).toBe(0);
  });

  it('C29: a stop does not wait for the page: no phase of startup begins, then shutdown fires', async () => {
    const { page, reactor, journal } = runWhileLoading();
    void reactor.run();
    const stopped = reactor.stop();
    expect([journal, reactor.state]).toEqual([[], 'stopping']);
    page.runFrame();
    expect(journal).toEqual(STOPPED);
    const { startup, reason } = await stopped;
    expect([startup.counts.before, reason.kind]).toEqual([0, 'stop']);
    load(page, 'complete');
    expect([journal, page.outstanding]).toEqual([STOPPED, 0]);
  });

  it.each([false, true])(
    'C24: an abort before or after run() does not wait for the page (isLate: %s)',
    async (isLate) => {
      const { page, reactor, journal } = runWhileLoading();
      const controller = new AbortController();
      if (!isLate) controller.abort();
      const run = reactor.run({ signal: controller.signal });
      controller.abort();
      page.runFrame();
      expect([(await run).reason.kind, journal]).toEqual(['abort', STOPPED]);
    },
  );

  it('C32: an escalation does not wait for the page or for a turn', async () => {
    const { reactor, journal } = runWhileLoading();
    const run = reactor.run();
    reactor.escalate();
    expect(journal).toEqual(STOPPED);
    expect((await run).shutdown?.escalated).toBe(true);
  });

  it('C31: a crash while the page loads fires nothing, and the reactor can be run again', async () => {
    const { page, reactor, journal } = runWhileLoading();
    const run = reactor.run();
    reactor.crash();
    expect([(await run).reason.kind, page.outstanding, reactor.state]).toEqual(['crash', 0, 'idle']);
    void reactor.run();
    load(page, 'interactive');
    expect(journal).toEqual(STARTED);
  });

  it('C26: turns run while startup waits for the page', () => {
    const { page, reactor } = runWhileLoading();
    const ran: string[] = [];
    void reactor.run();
    reactor.callSoon(() => ran.push('soon'));
    reactor.callLater(10, () => ran.push('later'));
    page.runFrame();
    page.advance(10);
    expect(ran).toEqual(['soon', 'later']);
  });

  it('C27: callWhenRunning and use work while startup waits for the page', async () => {
    const { page, reactor, journal } = runWhileLoading();
    void reactor.run();
    reactor.callWhenRunning(() => journal.push('called'));
    reactor.use({ name: 'service', startup: { during: () => journal.push('service') } });
    load(page, 'interactive');
    expect(journal).toEqual(['before startup', 'service', 'startup', 'after startup', 'called']);
    expect((await reactor.startupReport)?.counts).toEqual({ before: 1, during: 2, after: 2 });
  });

  it('B8: the listeners for the load of the page are removed once it is loaded', () => {
    const loading = fakePage({ readyState: 'loading' });
    const loaded = fakePage();
    started(loaded);
    started(loading);
    expect(loading.outstanding).toBe(loaded.outstanding + 2); // for readystatechange and prerenderingchange (B18)
    load(loading, 'interactive');
    expect(loading.outstanding).toBe(loaded.outstanding);
  });

  it('B8: a reactor in a worker starts at once', () => {
    const reactor = new BrowserReactor({ host: workerOf(fakePage({ readyState: 'loading' })), startAt: 'complete' });
    void reactor.run();
    expect(reactor.state).toBe('running');
  });

  it('B8: an unknown startAt is refused', () => {
    // as: callers without types pass anything
    expect(() => new BrowserReactor({ startAt: 'loaded' as 'complete' })).toThrow(RangeError);
  });
});

/** The events of a prerendered page when its user goes there, in the order of Chromium. */
function activate(page: Page): void {
  page.show();
  page.emit('document', 'prerenderingchange', { prerendering: false });
}

/** Runs a reactor on a prerendered page. */
function runPrerendered(options?: BrowserReactorOptions): ReturnType<typeof runWhileLoading> {
  const run = runWhileLoading(options);
  run.page.emit('document', 'made', { prerendering: true, visibilityState: 'hidden' });
  run.reactor.on('visible', () => run.journal.push('visible'));
  void run.reactor.run();
  return run;
}

describe('a prerendered page', () => {
  it.each([undefined, 'interactive', 'complete'] as const)(
    'B18: startAt %s: startup waits until the page is shown, and visible is not fired for that',
    async (startAt) => {
      const { page, reactor, journal } = runPrerendered(startAt && { startAt });
      load(page, 'interactive');
      load(page, 'complete');
      await page.runMicrotasks();
      expect([journal, reactor.state]).toEqual([[], 'starting']);
      activate(page);
      expect([journal, reactor.state]).toEqual([STARTED, 'running']);
      page.hide();
      page.show();
      await page.runMicrotasks();
      expect(journal).toEqual([...STARTED, 'visible']);
    },
  );

  it('B18: a page that is shown before it is loaded starts when it is loaded', () => {
    const { page, journal } = runPrerendered();
    activate(page);
    expect(journal).toEqual([]);
    load(page, 'interactive');
    expect(journal).toEqual(STARTED);
  });

  it('B18: with startAt now startup does not wait, and visible is fired when the page is shown', async () => {
    const { page, journal } = runPrerendered({ startAt: 'now' });
    expect(journal).toEqual(STARTED);
    await page.runMicrotasks();
    activate(page);
    await page.runMicrotasks();
    expect(journal).toEqual([...STARTED, 'visible']);
  });

  it('B18: calls run before it is shown, frame callbacks afterwards', async () => {
    const { page, reactor } = runPrerendered();
    load(page, 'complete');
    const ran: string[] = [];
    reactor.callSoon(() => ran.push('soon'));
    page.deliverMessages();
    expect(ran).toEqual(['soon']);
    reactor.onFrame(() => ran.push('frame'));
    activate(page);
    await page.runMicrotasks();
    page.runFrame();
    expect(ran).toEqual(['soon', 'frame']);
  });

  it('B18: a page that is activated in a background tab starts there', () => {
    const { page, journal } = runPrerendered();
    load(page, 'complete');
    page.emit('document', 'prerenderingchange', { prerendering: false });
    expect(journal).toEqual(STARTED);
  });

  it('C29: a stop does not wait until the page is shown, and removes all listeners', async () => {
    const { page, reactor, journal } = runPrerendered();
    const stopped = reactor.stop();
    page.deliverMessages();
    await stopped;
    expect(journal).toEqual(STOPPED);
    activate(page);
    page.deliverMessages();
    expect([journal, page.outstanding]).toEqual([STOPPED, 0]);
  });
});
