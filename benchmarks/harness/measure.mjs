/**
 * Measures cases and judges claims. All cases of a group run in one process, in turns, and each round starts with another case. Figures of the same
 * round are compared with each other, because on a shared machine only ratios hold. A figure is the CPU time of the whole process, user and system.
 *
 * A case is `{ setUp, run, tearDown }`. Only `run` is measured. It gets the value that `setUp` returned, and returns the number of operations it
 * did, or a promise of it. It runs again until the sample has enough operations. A case `{ value }` returns its own figure.
 */
import { setImmediate as turn } from 'node:timers/promises';

/** `full` is for figures. `quick` only shows that everything runs. */
export const scales = {
  full: { quick: false, rounds: 7, warmUps: 3, operations: 1e6, leastMs: 30, sampleMs: 1_500 },
  quick: { quick: true, rounds: 2, warmUps: 0, operations: 2e3, leastMs: 0, sampleMs: 20 },
};

/** Resolves with the figures of each case, one for each round: `{ name: [number, …] }`, in nanoseconds an operation, or in the unit of its `value`. */
export async function measure(cases, { rounds, warmUps, gc = true, ...length }) {
  const names = Object.keys(cases);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  // Only before the rounds: it makes V8 drop optimised code, so a round after it would measure how the code warms up. A group whose warm-up is too
  // short for that sets `gc` to false.
  if (gc) globalThis.gc?.();
  for (let round = 0; round < warmUps + rounds; round++) {
    for (const name of rotate(names, round)) {
      const figure = await sample(cases[name], length);
      if (round >= warmUps) figures[name].push(figure);
      await turn(); // callbacks that this case has left in the host must not count for the next one
    }
  }
  return figures;
}

/**
 * Resolves with one figure. A sample has at least `operations` operations and takes at least `leastMs`: in a shorter one, compilation would
 * dominate. A sample of slow operations ends after `sampleMs`: with some peers it would take hours.
 */
async function sample({ value, setUp, run, tearDown }, { operations, leastMs, sampleMs }) {
  if (value !== undefined) return value();
  let done = 0;
  let used = 0;
  while ((done < operations || used < leastMs * 1e6) && used < sampleMs * 1e6) {
    const state = await setUp?.();
    const start = process.cpuUsage();
    const result = run(state);
    done += typeof result === 'number' ? result : await result;
    const { user, system } = process.cpuUsage(start);
    used += (user + system) * 1e3;
    await tearDown?.(state);
  }
  return used / done;
}

/** The same items, starting with another one: the order of a round. */
export function rotate(items, by) {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which this share of the values is, such as 0.99. */
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** `{ median, min, max }` of the figures of one case. */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The figures that a case is compared with, one for each round. `against`: the name of another case, or a function of all figures of a round. */
function baselineOf(figures, against, rounds) {
  if (typeof against === 'string') return figures[against];
  const round = (index) => Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, values[index]]));
  return Array.from({ length: rounds }, (_, index) => against(round(index)));
}

/**
 * Judges a claim `{ metric, workload, of, against, bar, atLeast }`. For each round it takes the ratio of the case `of` to the case `against`. The
 * median of these ratios must be at most `bar`, or with `atLeast` at least `bar`. Without `against` the figure itself is judged. Without `bar` the
 * claim has no verdict.
 */
export function judge({ metric, workload, of, against, peer, bar, atLeast = false, remark }, figures) {
  const ours = figures[of];
  const theirs = against === undefined ? undefined : baselineOf(figures, against, ours.length);
  const judged = summary(ours.map((figure, round) => (theirs === undefined ? figure : figure / theirs[round])));
  const met = bar === undefined ? undefined : atLeast ? judged.median >= bar : judged.median <= bar;
  return {
    metric,
    workload,
    remark,
    ours: summary(ours),
    theirs: theirs && { name: peer ?? against, ...summary(theirs) },
    judged,
    bar,
    atLeast,
    met,
  };
}
