import { describe, expect, it } from '@jest/globals';
import { cooperate, every, scaledClock, sleep } from '@triphase/core';
import { RunawayError } from '@triphase/testing';
import { manualPage, type ManualPage, type ManualPageOptions } from '@triphase/testing/page';

const STEP = 1_000 / 60;

/** What happens to the page, by its reactor, from now on. */
function journal({ reactor }: ManualPage): string[] {
  const lines: string[] = [];
  const events = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'] as const;
  for (const event of events)
    reactor.on(event, ({ detail }) => lines.push('persisted' in detail && detail.persisted ? `${event} kept` : event));
  return lines;
}

describe('manualPage', () => {
  it('B21: a minute of a game in virtual time: each frame comes, and each step but that of the first frame', async () => {
    const page = manualPage();
    let steps = 0;
    let frames = 0;
    let seconds = 0;
    page.reactor.onFrame({ update: () => steps++, render: () => frames++ }, { fixedStep: STEP });
    page.reactor.on('startup', () => every(page.reactor, 1_000, () => seconds++));
    await page.start();
    await page.advance(60_000);
    expect([frames, steps, seconds, page.reactor.now()]).toEqual([3_600, 3_599, 60, 60_000]);
    await page.finish();
  });

  it.each([30, 60, 144])('B21: %d frames a second, at their times', async (hz) => {
    const page = manualPage({ hz });
    const times: number[] = [];
    page.reactor.onFrame(({ time }) => times.push(time));
    await page.start();
    for (let n = 0; n < hz; n++) await page.advance(1_000 / hz);
    expect(times).toEqual(Array.from({ length: hz }, (_, n) => ((n + 1) * 1_000) / hz));
    await page.advance(0.5);
    expect(times.length).toBe(hz);
    await page.advance(1_000);
    expect(times.length).toBe(2 * hz);
    await page.finish();
  });

  it('B21: timers come at their time between the frames, and promise jobs settle after each', async () => {
    const page = manualPage({ hz: 10 });
    const { reactor } = page;
    const order: string[] = [];
    const note = (what: string): number => order.push(`${what} ${String(reactor.now())}`);
    await page.start();
    reactor.onFrame(() => note('frame'));
    const run = async (): Promise<void> => {
      await sleep(reactor, 30);
      note('slept');
      await sleep(reactor, 90);
      note('slept again');
    };
    void run();
    reactor.callLater(250, () => note('late'));
    await page.advance(119);
    expect(order).toEqual(['slept 30', 'frame 100']);
    await page.advance(131);
    expect(order).toEqual(['slept 30', 'frame 100', 'slept again 120', 'frame 200', 'late 250']);
    await page.finish();
  });

  it('B21: queued calls run at once after a frame, by messages, and no time passes', async () => {
    const page = manualPage();
    const { reactor } = page;
    await page.start();
    let depth = 0;
    const call = (): void => {
      if (++depth < 100) reactor.callSoon(call);
    };
    reactor.callSoon(call);
    await page.advance(STEP);
    expect([depth, reactor.now()]).toEqual([100, STEP]);
    await page.finish();
  });

  it('B21: calls without end do not stop the time, nor the frames', async () => {
    const page = manualPage();
    const { reactor } = page;
    await page.start();
    let isOver = false;
    const call = (): void => {
      if (!isOver) reactor.callSoon(call);
    };
    reactor.callSoon(call);
    let frames = 0;
    reactor.onFrame(() => frames++);
    await page.advance(1_000);
    expect([frames, reactor.now()]).toEqual([60, 1_000]);
    isOver = true;
    await page.advance(1_000);
    expect([frames, reactor.now()]).toEqual([120, 2_000]);
    await page.finish();
  });

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

  it('B21: nothing runs while the page is frozen; time passes, and what is overdue runs once it is back', async () => {
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
    await page.advance(1_100); // whenHidden is throttle
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
    'B21: a page that is left and kept is suspended; %s brings it back',
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

  it('B21: a page that is left for good shuts down in the middle of that, and sends its beacons', async () => {
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

  it('B21: startup and shutdown may use the clock; both tell what they did', async () => {
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

  it('B21: a start that fails rejects, and so does one that waits for what never comes, with its name', async () => {
    const failing = manualPage();
    failing.reactor.on('startup', () => Promise.reject(new Error('no canvas')), { required: true, name: 'canvas' });
    await expect(failing.start()).rejects.toThrow('no canvas');
    const waiting = manualPage({ patienceMs: 30 });
    waiting.reactor.on('startup', () => new Promise(() => undefined), { name: 'assets' });
    const error: unknown = await waiting.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunawayError);
    expect(String(error)).toContain('trigger "assets" (startup, during)');
  });

  it('B21: what takes real time is waited for in start() and finish()', async () => {
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

  it('B21: finish() brings a frozen page back first; without a start it rejects', async () => {
    const page = manualPage();
    await page.start();
    page.freeze();
    await page.finish();
    expect(page.reactor.state).toBe('stopped');
    await expect(manualPage().finish()).rejects.toThrow('run');
  });

  it('B21: a scaled clock, its pause, and slow motion', async () => {
    const page = manualPage();
    const game = scaledClock(page.reactor);
    let steps = 0;
    page.reactor.onFrame({ update: () => steps++ }, { clock: game, fixedStep: STEP });
    await page.start();
    await page.advance(1_000);
    expect(steps).toBe(59);
    game.pause();
    await page.advance(10_000);
    expect(steps).toBe(59);
    game.resume();
    game.rate = 0.5;
    await page.advance(2_000);
    expect(Math.abs(steps - 119)).toBeLessThanOrEqual(1);
    await page.finish();
  });

  it('B21, B24: idle tasks get what is left of each frame', async () => {
    const page = manualPage();
    await page.start();
    let steps = 0;
    function* work(): Generator<void> {
      for (;;) {
        steps++;
        yield;
      }
    }
    const task = cooperate(page.reactor, work(), { priority: 'idle' });
    await page.advance(STEP * 3 - 1);
    const each = 50_000; // virtual time stands still in a step
    expect(steps).toBe(3 * each); // at 0, and after two frames of the screen
    let frames = 0;
    page.reactor.onFrame(() => frames++);
    await page.advance(STEP * 2);
    expect([frames, steps]).toEqual([2, 5 * each]);
    task.stop();
    await page.finish();
  });

  it('B21: the same program runs the same way each time', async () => {
    const run = async (): Promise<string[]> => {
      const page = manualPage({ hz: 50 });
      const { reactor } = page;
      const order: string[] = [];
      await page.start();
      reactor.onFrame(({ delta }) => {
        order.push(`frame ${String(delta)}`);
        if (reactor.random() < 0.3)
          reactor.callLater(reactor.random() * 100, () => order.push(`at ${String(reactor.now())}`));
      });
      await page.advance(3_000);
      await page.finish();
      return order;
    };
    expect(await run()).toEqual(await run());
  });

  it('B21: parts of the host can be replaced', async () => {
    const fetched: string[] = [];
    const host = {
      navigator: {},
      fetch: (url: string) => {
        fetched.push(url);
        return Promise.resolve();
      },
    };
    const page = manualPage({ host });
    await page.start();
    page.reactor.send('/x');
    expect([fetched, page.sent]).toEqual([['/x'], []]);
    await page.finish();
  });

  it('B21: one call at a time drives the page', async () => {
    const page = manualPage();
    await page.start();
    const first = page.advance(100);
    await expect(page.advance(100)).rejects.toThrow('The page is being driven already');
    await expect(page.finish()).rejects.toThrow('The page is being driven already');
    await first;
    await page.finish();
  });

  it.each([
    { options: { hz: 0 }, kind: RangeError, message: 'hz is 0: give a number of frames a second, above 0' },
    { options: { hz: Infinity }, kind: RangeError, message: 'hz is Infinity' },
    { options: { hz: '60' }, kind: RangeError, message: 'hz is 60' },
    { options: { patienceMs: -1 }, kind: RangeError, message: 'patienceMs is' },
    { options: { whenHidden: 'never' }, kind: RangeError, message: 'whenHidden is never' },
  ])('B21: $options is refused', ({ options, kind, message }) => {
    // as: callers without types pass anything
    const make = (): unknown => manualPage(options as unknown as ManualPageOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it.each([NaN, -1, Infinity, '5'])('B21: advance(%p) rejects', async (ms) => {
    const page = manualPage();
    await page.start();
    // as: callers without types pass anything
    await expect(page.advance(ms as number)).rejects.toThrow(/number|Infinity/);
    await page.finish();
  });
});
