import { describe, expect, it } from '@jest/globals';
import { every, sleep } from '@triphase/core';
import { RunawayError } from '@triphase/testing';
import { manualPage, type ManualPage } from '@triphase/testing/page';

/** Records the events of the page from now on. */
function journal({ reactor }: ManualPage): string[] {
  const lines: string[] = [];
  const events = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'] as const;
  for (const event of events)
    reactor.on(event, ({ detail }) => lines.push('persisted' in detail && detail.persisted ? `${event} kept` : event));
  return lines;
}

describe('manualPage: hiding, freezing and leaving', () => {
  it.each([
    { whenHidden: 'run', expected: 50 },
    { whenHidden: 'throttle', expected: 5 },
    { whenHidden: 'pause', expected: 0 },
  ] as const)(
    'B21: a hidden page has no frames, and its calls follow the policy ($whenHidden)',
    async ({ whenHidden, expected }) => {
      const page = manualPage({ whenHidden });
      const { reactor } = page;
      const lines = journal(page);
      await page.start();
      let frames = 0;
      let ticks = 0;
      reactor.onFrame(() => frames++);
      every(reactor, 100, () => ticks++);
      page.hide();
      page.hide();
      await page.advance(5_050);
      expect([frames, ticks, page.state]).toEqual([0, expected, 'hidden']);
      page.show();
      page.show();
      await page.advance(100);
      expect(frames).toBeGreaterThanOrEqual(5);
      expect([lines, page.state]).toEqual([['hidden', 'visible'], 'visible']);
      await page.finish();
    },
  );

  it('B21: on a frozen page time passes and nothing runs; overdue calls run after it resumes', async () => {
    const page = manualPage();
    const { reactor } = page;
    const lines = journal(page);
    await page.start();
    let frames = 0;
    const called: number[] = [];
    reactor.onFrame(() => frames++);
    reactor.callLater(1_000, () => called.push(reactor.now()));
    page.freeze();
    page.freeze();
    await page.advance(5_000);
    expect([frames, called, page.state, reactor.now()]).toEqual([0, [], 'frozen', 5_000]);
    page.resume();
    expect(page.state).toBe('hidden');
    await page.advance(1_100); // whenHidden: 'throttle', with at most one wakeup a second
    page.show();
    await page.advance(100);
    expect([called.length, page.state]).toEqual([1, 'visible']);
    expect(frames).toBeGreaterThanOrEqual(5);
    expect(lines).toEqual(['hidden', 'suspend', 'resume', 'visible']);
    page.freeze();
    page.show();
    await page.advance(0);
    expect(lines.slice(4)).toEqual(['hidden', 'suspend', 'resume', 'visible']);
    await page.finish();
  });

  it.each(['show', 'resume'] as const)(
    'B21: leave({ persisted: true }) suspends the page, and %s() brings it back',
    async (verb) => {
      const page = manualPage();
      const lines = journal(page);
      await page.start();
      page.leave({ persisted: true });
      page.leave({ persisted: true });
      page.hide();
      page.freeze();
      await page.advance(1_000);
      expect([page.state, lines]).toEqual(['cached', ['hidden kept', 'suspend kept']]);
      page[verb]();
      await page.advance(0);
      expect([page.state, lines.slice(2)]).toEqual(['visible', ['resume kept', 'visible kept']]);
      const result = await page.finish();
      expect(result.reason.kind).toBe('stop');
    },
  );

  it('B21: leave() shuts the page down at once, and its beacons are sent', async () => {
    const page = manualPage();
    const { reactor, sent } = page;
    const lines = journal(page);
    reactor.on('hidden', () => reactor.send('/saved', 'draft'));
    reactor.on('shutdown', { before: () => reactor.send('/left') });
    await page.start();
    page.leave();
    expect([lines, sent, page.state]).toEqual([
      ['hidden', 'shutdown'],
      [
        { url: '/saved', body: 'draft' },
        { url: '/left', body: undefined },
      ],
      'closed',
    ]);
    const result = await page.finish();
    expect(result.reason.kind).toBe('pagehide');
    await page.advance(1_000);
    page.leave({ persisted: true });
    page.hide();
    expect(page.state).toBe('closed');
    expect(() => page.show()).toThrow('The page is closed: make a new one');
  });
});

describe('manualPage: start and finish', () => {
  it('B21: startup and shutdown may use the clock; start() and finish() resolve with their reports', async () => {
    const page = manualPage();
    const { reactor } = page;
    reactor.on('startup', () => sleep(reactor, 300));
    reactor.on('shutdown', () => sleep(reactor, 500));
    const report = await page.start();
    expect([report.event, reactor.state, reactor.now()]).toEqual(['startup', 'running', 300]);
    const result = await page.finish({ kind: 'over' });
    expect([result.reason.kind, reactor.state]).toEqual(['over', 'stopped']);
    expect(reactor.now()).toBeGreaterThanOrEqual(800);
    expect(await page.finish()).toBe(result);
  });

  it('B21: start() rejects when the start fails, and names a trigger that never settles', async () => {
    const failing = manualPage();
    failing.reactor.on('startup', () => Promise.reject(new Error('no canvas')), { required: true, name: 'canvas' });
    await expect(failing.start()).rejects.toThrow('no canvas');
    const waiting = manualPage({ patienceMs: 30 });
    waiting.reactor.on('startup', () => new Promise(() => undefined), { name: 'assets' });
    const error: unknown = await waiting.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunawayError);
    expect(String(error)).toContain('trigger "assets" (startup, during)');
  });

  it('B21: start() and finish() wait for real timers', async () => {
    const page = manualPage();
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    const seen: string[] = [];
    page.reactor.on('startup', async () => {
      await pause();
      seen.push('started');
    });
    page.reactor.on('shutdown', async () => {
      await pause();
      seen.push('stopped');
    });
    await page.start();
    await page.finish();
    expect(seen).toEqual(['started', 'stopped']);
  });

  it('B21: finish() resumes a frozen page first, and rejects without a start', async () => {
    const page = manualPage();
    await page.start();
    page.freeze();
    await page.finish();
    expect(page.reactor.state).toBe('stopped');
    await expect(manualPage().finish()).rejects.toThrow('run');
  });
});
