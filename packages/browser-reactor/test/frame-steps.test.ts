import { describe, expect, it } from '@jest/globals';
import { BrowserReactor, type FrameOptions } from '@triphase/browser-reactor';
import { fakePage, running, started } from './page.ts';

/** A screen: its frames a second, and to what the browser rounds their timestamps, in milliseconds (0: not at all). */
interface Screen {
  readonly hz: number;
  readonly grain?: number;
  /** Frames that don't come. */
  readonly dropped?: readonly number[];
  /** How far each timestamp is off, in milliseconds. */
  readonly jitter?: (frame: number) => number;
}

/** The timestamps of so many frames. */
function timesOf({ hz, grain = 0, dropped = [], jitter = () => 0 }: Screen, frames: number): number[] {
  const times: number[] = [];
  for (let frame = 1; frame <= frames; frame++) {
    const time = (frame * 1_000) / hz + jitter(frame);
    if (!dropped.includes(frame)) times.push(grain === 0 ? time : Math.round(time / grain) * grain);
  }
  return times;
}

interface Shown {
  readonly time: number;
  readonly delta: number;
  readonly alpha: number;
  updates: number;
}

/** What a callback with these options did in the frames of a screen: an entry for each of its renders. */
async function shownOn(screen: Screen, frames: number, options: FrameOptions): Promise<Shown[]> {
  const page = fakePage();
  const reactor = await running(page);
  const shown: Shown[] = [];
  let updates = 0;
  reactor.onFrame(
    {
      update: () => updates++,
      render: ({ time, delta, alpha }) => {
        shown.push({ time, delta, alpha, updates });
        updates = 0;
      },
    },
    options,
  );
  let now = 0;
  for (const time of timesOf(screen, frames)) {
    page.advance(time - now);
    now = time;
    page.runFrame();
  }
  return shown;
}

/** How often each number occurs. */
function tally(values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** How many frames lie between one update and the next. */
function gapsOf(shown: readonly Shown[]): number[] {
  const at = shown.flatMap(({ updates }, frame) => (updates > 0 ? [frame] : []));
  return at.slice(1).map((frame, n) => frame - at[n]!);
}

const STEP = 1000 / 60;
const GRAINS = [0, 0.1, 1];

describe('B22: even steps', () => {
  it.each(GRAINS.flatMap((grain) => [59.94, 60, 60.1].map((hz) => [hz, grain] as const)))(
    'B22: on a screen of %d Hz, timestamps to %d ms, each frame has exactly one update',
    async (hz, grain) => {
      const shown = await shownOn({ hz, grain }, 3_601, { fixedStep: STEP });
      expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 1: 3_600 });
      expect(new Set(shown.map(({ alpha }) => Math.round(alpha * 1e6))).size).toBe(1); // what is drawn doesn't tremble
    },
  );

  it.each(GRAINS.map((grain) => [grain]))('B22: 30 Hz, to %d ms: two updates in each frame', async (grain) => {
    const shown = await shownOn({ hz: 30, grain }, 601, { fixedStep: STEP });
    expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 2: 600 });
  });

  it.each([120, 119.88].flatMap((hz) => GRAINS.map((grain) => [hz, grain] as const)))(
    'B22: %d Hz, to %d ms: an update in every other frame',
    async (hz, grain) => {
      const shown = await shownOn({ hz, grain }, 1_201, { fixedStep: STEP });
      expect(tally(gapsOf(shown))).toEqual({ 2: 599 });
    },
  );

  it.each(GRAINS.map((grain) => [grain]))(
    'B22: 144 Hz, to %d ms: an update in each second or third frame',
    async (grain) => {
      const shown = await shownOn({ hz: 144, grain }, 1_441, { fixedStep: STEP });
      const gaps = tally(gapsOf(shown));
      expect(Object.keys(gaps)).toEqual(['2', '3']);
      expect(shown.reduce((sum, { updates }) => sum + updates, 0)).toBeGreaterThanOrEqual(599);
      expect(shown.reduce((sum, { updates }) => sum + updates, 0)).toBeLessThanOrEqual(601);
    },
  );

  it.each([50, 72, 75, 85, 90, 100, 144, 165, 240, 360].flatMap((hz) => GRAINS.map((grain) => [hz, grain] as const)))(
    'B22: at %d Hz, to %d ms, a game is as fast as at 60 Hz',
    async (hz, grain) => {
      const shown = await shownOn({ hz, grain }, hz * 100 + 1, { fixedStep: STEP });
      const updates = shown.reduce((sum, each) => sum + each.updates, 0);
      expect(Math.abs(updates - 6_000)).toBeLessThanOrEqual(12); // 0.2 %
      // No frame has two updates more than another.
      const counts = Object.keys(tally(shown.slice(1).map((each) => each.updates))).map(Number);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    },
  );

  it.each([75, 100, 240].map((hz) => [hz]))('B22: at %d Hz the gaps are as even as they can be', async (hz) => {
    for (const grain of [0, 0.1]) {
      const gaps = Object.keys(tally(gapsOf(await shownOn({ hz, grain }, hz * 10, { fixedStep: STEP })))).map(Number);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
  });

  it('B22: timestamps that are up to a tenth of a frame off change nothing', async () => {
    const jitter = (frame: number): number => Math.sin(frame * frame) * 1.6;
    const shown = await shownOn({ hz: 60, jitter }, 601, { fixedStep: STEP });
    expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 1: 600 });
  });

  it('B22: a frame that is dropped gives its update to the next one', async () => {
    const shown = await shownOn({ hz: 60, grain: 0.1, dropped: [10, 20, 21, 40] }, 61, { fixedStep: STEP });
    expect(shown.flatMap(({ updates }, frame) => (updates === 1 ? [] : [[frame, updates]]))).toEqual([
      [0, 0],
      [9, 2],
      [18, 3],
      [36, 2],
    ]);
  });

  it('B22: steps that are longer than a frame come in time: ten a second', async () => {
    const shown = await shownOn({ hz: 60, grain: 0.1 }, 601, { fixedStep: 100 });
    expect(tally(gapsOf(shown))).toEqual({ 6: 99 });
    expect(Math.max(...shown.map(({ alpha }) => alpha))).toBeCloseTo(5 / 6);
  });

  it('B22: the sum of all steps follows the time, whatever the frames', async () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 50; round++) {
      const step = 1 + random() * 60;
      const hz = 20 + random() * 200;
      const jitter = (): number => random() * random() * 10;
      const shown = await shownOn({ hz, jitter }, 2_000, { fixedStep: step });
      const steps = shown.reduce(
        (sum, { updates, alpha }, n) => sum + updates + (n === shown.length - 1 ? alpha : 0),
        0,
      );
      const time = shown.slice(1).reduce((sum, { delta }) => sum + delta, 0);
      // What is forgotten is at most half a step in 128 frames: 0.4 %.
      expect(Math.abs(steps * step - time)).toBeLessThanOrEqual(step + (2_000 / 128) * (step / 2));
      expect(shown.every(({ alpha, updates }) => alpha >= 0 && alpha < 1 && updates >= 0)).toBe(true);
    }
  });
});

describe('B22: maxFps', () => {
  const gaps = (shown: readonly Shown[]): number[] =>
    shown.slice(1).map(({ time }, n) => Math.round((time - shown[n]!.time) * 10) / 10);

  it.each(GRAINS.flatMap((grain) => [59.94, 60, 60.1].map((hz) => [hz, grain] as const)))(
    'B22: maxFps 30 at %d Hz, to %d ms: every other frame, never two in a row',
    async (hz, grain) => {
      const shown = await shownOn({ hz, grain }, 1_201, { maxFps: 30 });
      expect(shown.length).toBe(601);
      for (const gap of gaps(shown)) expect(Math.abs(gap - 2_000 / hz)).toBeLessThanOrEqual(Math.max(grain, 0.1));
    },
  );

  it.each(GRAINS.map((grain) => [grain]))('B22: maxFps 60 at 60 Hz, to %d ms: every frame', async (grain) => {
    expect((await shownOn({ hz: 60, grain }, 601, { maxFps: 60 })).length).toBe(601);
  });

  it('B22: maxFps above the rate of the screen changes nothing', async () => {
    expect((await shownOn({ hz: 60 }, 601, { maxFps: 144 })).length).toBe(601);
  });

  it.each([
    { hz: 144, maxFps: 60 },
    { hz: 144, maxFps: 30 },
    { hz: 75, maxFps: 60 },
    { hz: 60, maxFps: 50 },
    { hz: 60, maxFps: 24 },
    { hz: 60, maxFps: 7 },
    { hz: 60, maxFps: 0.5 },
  ])(
    'B22: at $hz Hz, maxFps $maxFps: as many as that, and distances that differ by one frame at most',
    async ({ hz, maxFps }) => {
      const shown = await shownOn({ hz, grain: 0.1 }, hz * 20 + 1, { maxFps });
      expect(Math.abs(shown.length - 1 - 20 * maxFps)).toBeLessThanOrEqual(1);
      const all = gaps(shown);
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1_000 / hz + 0.3);
    },
  );

  it('B22: after a dropped frame no two calls come closer than before', async () => {
    const dropped = [11, 32, 47, 48, 77];
    const shown = await shownOn({ hz: 60, grain: 0.1, dropped }, 601, { maxFps: 30 });
    expect(Math.min(...gaps(shown))).toBeGreaterThan(33);
  });

  it('B22: delta is the time since the last call, and its fixed steps come evenly too', async () => {
    const shown = await shownOn({ hz: 60, grain: 0.1 }, 601, { maxFps: 30, fixedStep: STEP });
    expect(tally(shown.slice(1).map(({ updates }) => updates))).toEqual({ 2: 300 });
    for (const { delta } of shown.slice(1)) expect(delta).toBeCloseTo(33.33, 0);
  });

  it('B22: after the page was hidden it is called in the first frame, with a delta of 0, and then evenly', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const calls: [number, number][] = [];
    let frame = 0;
    reactor.onFrame(({ delta }) => calls.push([frame, Math.round(delta)]), { maxFps: 30 });
    const run = (frames: number): void => {
      for (let n = 0; n < frames; n++, frame++) {
        page.advance(1_000 / 60);
        page.runFrame();
      }
    };
    run(4);
    page.hide();
    page.advance(70);
    page.show();
    run(5);
    expect(calls).toEqual([
      [0, 0],
      [2, 33],
      [4, 0],
      [6, 33],
      [8, 33],
    ]);
  });
});

describe('B22: maxDelta', () => {
  it.each([
    { maxDelta: undefined, expected: 100 },
    { maxDelta: 250, expected: 250 },
    { maxDelta: 20, expected: 20 },
    { maxDelta: Infinity, expected: 1_000 },
  ])('B22: maxDelta $maxDelta: a pause of a second is a delta of $expected', async ({ maxDelta, expected }) => {
    const page = fakePage();
    const reactor = await running(page);
    const deltas: number[] = [];
    reactor.onFrame(({ delta }) => deltas.push(delta), maxDelta === undefined ? {} : { maxDelta });
    for (const ms of [16, 1_000, 16]) {
      page.advance(ms);
      page.runFrame();
    }
    expect(deltas).toEqual([0, expected, 16]);
  });
});

describe('B23: order', () => {
  it('B23: lower orders come first in each of read, update and render; the same ones as registered', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const seen: string[] = [];
    const add = (name: string, order?: number): { remove(): boolean } => {
      const note = (phase: string) => (): void => void seen.push(`${phase} ${name}`);
      const phases = { read: note('read'), update: note('update'), render: note('render') };
      return reactor.onFrame(phases, order === undefined ? {} : { order });
    };
    const names = (): string[] => {
      seen.length = 0;
      page.advance(16);
      page.runFrame();
      return ['read', 'update', 'render'].map((phase) =>
        seen
          .filter((entry) => entry.startsWith(phase))
          .map((entry) => entry.slice(phase.length + 1))
          .join(),
      );
    };
    add('overlay', 10);
    add('a');
    const b = add('b', 0);
    add('input', -1);
    add('c');
    add('last', Infinity);
    add('over', 10);
    expect(names()).toEqual(Array(3).fill('input,a,b,c,overlay,over,last'));
    b.remove();
    add('d');
    add('first', -Infinity);
    expect(names()).toEqual(Array(3).fill('first,input,a,c,d,overlay,over,last'));
  });
});

describe('options of onFrame', () => {
  it.each([
    { options: { maxFps: 0 }, kind: RangeError, message: 'maxFps is 0: give a number above 0' },
    { options: { maxFps: NaN }, kind: RangeError, message: 'maxFps is NaN' },
    { options: { maxFps: '30' }, kind: RangeError, message: 'maxFps is 30' },
    { options: { maxDelta: 0 }, kind: RangeError, message: 'maxDelta is 0: give milliseconds above 0' },
    {
      options: { maxDelta: '5' },
      kind: TypeError,
      message: "maxDelta is a number of milliseconds, 0 or more, got the string '5'",
    },
    { options: { order: NaN }, kind: RangeError, message: 'order is NaN: give a number' },
    { options: { order: 'first' }, kind: RangeError, message: 'order is first: give a number' },
    { options: { clock: {} }, kind: TypeError, message: 'The clock of onFrame has no function now()' },
    { options: { clock: null }, kind: TypeError, message: 'The clock of onFrame has no function now()' },
    { options: { priority: 1 }, kind: TypeError, message: 'onFrame() has no option "priority"' },
    { options: { maxFPS: 30 }, kind: TypeError, message: 'did you mean "maxFps"?' },
    { options: { fixedstep: 10 }, kind: TypeError, message: 'did you mean "fixedStep"?' },
  ])('B22, B20: $options is refused', ({ options, kind, message }) => {
    const reactor = started(fakePage());
    // as: callers without types pass anything
    const add = (): unknown => reactor.onFrame(() => undefined, options as unknown as FrameOptions);
    expect(add).toThrow(kind);
    expect(add).toThrow(message);
  });

  it('each option is read once', () => {
    const reads: Record<string, number> = {};
    const values = {
      fixedStep: 10,
      maxSteps: 2,
      maxDelta: 50,
      maxFps: 30,
      order: 1,
      name: 'scene',
      clock: { now: () => 0 },
    };
    const options = {};
    for (const [name, value] of Object.entries(values))
      Object.defineProperty(options, name, {
        enumerable: true,
        get: () => {
          reads[name] = (reads[name] ?? 0) + 1;
          return value;
        },
      });
    new BrowserReactor().onFrame(() => undefined, options);
    expect(reads).toEqual(Object.fromEntries(Object.keys(values).map((name) => [name, 1])));
  });
});
