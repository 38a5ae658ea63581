/**
 * How a figure is measured. All cases of a group run in one process, in turn, each round in another order, and are compared round by
 * round: on a shared machine only ratios hold. What is counted is CPU time, user and system, of the whole process.
 *
 * A case is `{ setUp, run, tearDown }`. Only `run` is measured; it gets what `setUp` returned and returns how many operations that
 * were, or a promise of it. It is repeated until a sample has enough of them. A case `{ value }` measures by itself.
 */
import { setImmediate as turn } from 'node:timers/promises';

/** The full measurement, and one that only shows that everything runs. */
export const scales = {
  full: { quick: false, rounds: 7, warmUps: 3, operations: 1e6, leastMs: 30, sampleMs: 1_500 },
  quick: { quick: true, rounds: 2, warmUps: 0, operations: 2e3, leastMs: 0, sampleMs: 20 },
};

/** Figures of each case, one a round: `{ name: [number, …] }`, nanoseconds an operation, or what its `value` says. */
export async function measure(cases, { rounds, warmUps, gc = true, ...length }) {
  const names = Object.keys(cases);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  // Before all rounds and never between them: it makes V8 drop optimised code, and a round would measure warming up. Not at all where a
  // group is too short to warm up again.
  if (gc) globalThis.gc?.();
  for (let round = 0; round < warmUps + rounds; round++) {
    for (const name of rotate(names, round)) {
      const figure = await sample(cases[name], length);
      if (round >= warmUps) figures[name].push(figure);
      await turn(); // Callbacks that the case before left in the host don't count for the next one.
    }
  }
  return figures;
}

/**
 * A sample has at least `operations` and takes at least `leastMs`: in a shorter one, compilation would dominate. `sampleMs` ends a sample of
 * slow operations early: some peers would take hours.
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

export function rotate(items, by) {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `{ median, min, max }` of the figures of one case. */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The baseline of a case, round by round: the figures of another case, or a function of all figures of a round. */
function standard(figures, against, rounds) {
  if (typeof against === 'string') return figures[against];
  const round = (index) => Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, values[index]]));
  return Array.from({ length: rounds }, (_, index) => against(round(index)));
}

/**
 * Judges a claim `{ metric, workload, of, against, bar, atLeast }`: the median, over all rounds, of the ratio of `of` to
 * `against` is at most `bar`; at least, with `atLeast`. Without `against` the figure itself is judged; without `bar` nothing is.
 */
export function judge({ metric, workload, of, against, peer, bar, atLeast = false, remark }, figures) {
  const ours = figures[of];
  const theirs = against === undefined ? undefined : standard(figures, against, ours.length);
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
