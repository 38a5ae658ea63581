import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Case {
  setUp?(): unknown;
  run?(state: unknown): number | Promise<number>;
  tearDown?(state: unknown): unknown;
  value?(): number | Promise<number>;
}
type Figures = Record<string, number[]>;
interface Settings {
  rounds: number;
  warmUps: number;
  operations: number;
  leastMs: number;
  sampleMs: number;
  gc?: boolean;
}
interface Claim {
  metric: string;
  workload: string;
  of: string;
  against?: string | ((round: Record<string, number>) => number);
  bar?: number;
  atLeast?: boolean;
}
interface Judged {
  judged: { median: number; min: number; max: number };
  met?: boolean;
}

// The benchmarks are plain JavaScript, so the types of their exports are here.
let measure: (cases: Record<string, Case>, settings: Settings) => Promise<Figures>;
let judge: (claim: Claim, figures: Figures) => Judged;
let claimCells: (row: object) => string[];
let scaleOf: (groups: object[]) => { growth: number; flat: boolean }[];

const load = (name: string): Promise<unknown> =>
  import(pathToFileURL(join(import.meta.dirname, '..', 'benchmarks', 'harness', name)).href);

beforeAll(async () => {
  ({ measure, judge } = (await load('measure.mjs')) as { measure: typeof measure; judge: typeof judge });
  ({ claimCells } = (await load('words.mjs')) as { claimCells: typeof claimCells });
  ({ scaleOf } = (await load('scale.mjs')) as { scaleOf: typeof scaleOf });
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** Replaces the CPU clock: CPU time passes only by calls of the result. */
function cpuByHand(): (ms: number) => void {
  let used = 0;
  jest
    .spyOn(process, 'cpuUsage')
    .mockImplementation((since) => ({ user: used - (since?.user ?? 0), system: 0 - (since?.system ?? 0) }));
  return (ms) => void (used += 1e3 * ms);
}

const settings: Settings = { rounds: 3, warmUps: 2, operations: 10, leastMs: 0, sampleMs: 1e3 };

describe('measuring', () => {
  test('only `run` and its promise are measured, and a figure is in nanoseconds an operation', async () => {
    const spend = cpuByHand();
    const figures = await measure(
      {
        sync: { setUp: () => spend(500), run: () => (spend(20), 10), tearDown: () => spend(700) },
        async: { run: () => Promise.resolve().then(() => (spend(30), 10)) },
      },
      settings,
    );
    expect(figures).toEqual({ sync: [2e6, 2e6, 2e6], async: [3e6, 3e6, 3e6] });
  });

  test('`run` is repeated until a sample has enough operations, or has taken long enough', async () => {
    const spend = cpuByHand();
    let quick = 0;
    let slow = 0;
    await measure(
      { quick: { run: () => (quick++, spend(1), 4) }, slow: { run: () => (slow++, spend(600), 1) } },
      { ...settings, rounds: 1, warmUps: 0 },
    );
    expect({ quick, slow }).toEqual({ quick: 3, slow: 2 });
  });

  test('each round begins with another case, and the rounds that warm up do not count', async () => {
    const order: string[] = [];
    const value = (name: string): Case => ({ value: () => order.push(name) });
    const figures = await measure({ a: value('a'), b: value('b'), c: value('c') }, settings);
    expect(order.join('')).toBe('abcbcacababcbca');
    expect(figures).toEqual({ a: [8, 10, 15], b: [9, 11, 13], c: [7, 12, 14] });
  });

  test('garbage is collected once before the rounds, or never with gc: false', async () => {
    const before = globalThis.gc;
    const gc = jest.fn(() => Promise.resolve());
    globalThis.gc = gc;
    try {
      await measure({ a: { value: () => 1 }, b: { value: () => 1 } }, settings);
      expect(gc).toHaveBeenCalledTimes(1);
      await measure({ a: { value: () => 1 } }, { ...settings, gc: false });
      expect(gc).toHaveBeenCalledTimes(1);
    } finally {
      globalThis.gc = before;
    }
  });

  test('`run` and `tearDown` get the result of `setUp`', async () => {
    const seen: unknown[] = [];
    const one: Case = {
      setUp: () => 'made',
      run: (state) => seen.push(state, 'ran'),
      tearDown: (state) => seen.push(state),
    };
    await measure({ one }, { ...settings, operations: 1, rounds: 1, warmUps: 0 });
    expect(seen).toEqual(['made', 'ran', 'made']);
  });
});

describe('judging', () => {
  const figures: Figures = { ours: [1, 20, 3], peer: [10, 10, 5] };
  const claim: Claim = { metric: 'P1', workload: 'work', of: 'ours', against: 'peer', bar: 0.6 };

  test('a ratio is the median of the ratios of the rounds, not the ratio of the medians', () => {
    expect(judge(claim, figures).judged).toEqual({ median: 0.6, min: 0.1, max: 2 });
    expect(judge(claim, { ours: [1, 20, 4, 5], peer: [10, 10, 10, 10] }).judged.median).toBeCloseTo(0.45);
  });

  test('a bar is met by a figure that is at most the bar, or with atLeast at least the bar', () => {
    expect(judge(claim, figures).met).toBe(true);
    expect(judge({ ...claim, bar: 0.59 }, figures).met).toBe(false);
    expect(judge({ ...claim, atLeast: true }, figures).met).toBe(true);
    expect(judge({ ...claim, atLeast: true, bar: 0.61 }, figures).met).toBe(false);
  });

  test('without a peer the figure itself is judged; with a function the ratio to its result', () => {
    expect(judge({ metric: 'P5', workload: 'bytes', of: 'ours', bar: 3 }, figures)).toMatchObject({
      judged: { median: 3 },
      met: true,
    });
    const against = (round: Record<string, number>): number => 2 * (round['peer'] ?? NaN);
    expect(judge({ ...claim, against }, figures).judged.median).toBe(0.3);
  });

  test('the table says `met` or `not met`, and nothing if there is no bar', () => {
    const verdict = (bar?: number): unknown => {
      const { bar: _, ...rest } = claim;
      return claimCells({ ...judge(bar === undefined ? rest : { ...rest, bar }, figures), unit: 'ns' }).at(-1);
    };
    expect([verdict(0.6), verdict(0.5), verdict()]).toEqual(['met', '**not met**', '']);
  });

  test('ours is flat if its largest median is at most three times its smallest', () => {
    const group = (last: number): object => ({
      scale: { kind: 'calls', sizes: [1e3, 1e4], who: ['Triphase', 'Node', 'bare ring'] },
      figures: {
        'bare ring, 1e3': [2, 2, 2],
        'bare ring, 1e4': [8, 9, 8],
        'Triphase, 1e3': [9, 10, 90],
        'Triphase, 1e4': [1, last, 95],
        'Node, 1e3': [1, 1, 1],
        'Node, 1e4': [1, 1, 1],
      },
    });
    expect(scaleOf([group(30), group(31), { title: 'another' }])).toMatchObject([
      { growth: 3, flat: true, bare: 4 },
      { growth: 3.1, flat: false, bare: 4 },
    ]);
  });
});
