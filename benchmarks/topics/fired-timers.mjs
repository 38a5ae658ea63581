/** The part of the topic `timers` that fires calls (P3). All calls are due when the measurement begins. */
import { NODE, node } from '../harness/node-timers.mjs';
import { createRandom, shuffled } from '../harness/random.mjs';
import { label } from '../harness/words.mjs';

const noop = () => undefined;

/** The first call is due after this time. Until then all calls must have been added and the code warmed up. Milliseconds. */
const AHEAD = 4_000;

/** Adds calls with distinct delays, cancels 90 % of them, and fires the rest. Each is due in a different millisecond. */
export function fireDistinct(ours, count) {
  const delays = shuffled(10 * count, 5).map((place) => place + AHEAD);
  const last = AHEAD + count - 1;
  const make = (kind) =>
    firing(
      count,
      (fn) => {
        const calls = delays.map((ms) => kind.add(ms, ms <= last ? fn : noop));
        calls.forEach((call, place) => delays[place] <= last || kind.cancel(call));
      },
      last,
      () => fireSome(kind),
    );
  return fires(`distinct delays: fire the rest, ${label(count)} in one pass`, ours, make, {
    bar: 0.75,
    operations: 1,
    ...(count >= 1e4 && { rounds: 5, warmUps: 1 }),
  });
}

/** Warms up: fires calls with delays in fractions of a millisecond, and in distinct milliseconds, so that V8 compiles that code. */
async function fireSome({ add }) {
  for (const [count, step] of [
    [5_000, 0.01],
    [500, 1],
    [5_000, 0.01],
    [500, 1],
  ]) {
    let left = count;
    await new Promise((resolve) => {
      for (let i = 1; i <= count; i++) add(i * step, () => --left === 0 && resolve());
    });
  }
}

/** Adds calls with 300 different durations and fires all of them. */
export function fireShared(ours, count, passes) {
  const random = createRandom(6);
  const delays = Array.from({ length: count }, () => 1 + Math.floor(random() * 300));
  const make = ({ add }) => firing(count, (fn) => delays.forEach((ms) => add(ms, fn)), 300);
  return fires(`${label(count)} over 300 durations, fired in one pass`, ours, make, {
    bar: 1.5,
    operations: passes * count,
  });
}

/** Makes a group of ours and Node. */
function fires(workload, ours, make, { bar, operations, ...settings }) {
  return {
    title: `P3: ${workload}`,
    note: 'The thread sleeps until all are due. Ours runs at most 1 000 of them in 5 ms, then lets the loop turn; Node runs all in one turn.',
    baseline: NODE,
    cases: { Triphase: make(ours), [NODE]: make(node) },
    claims: [{ metric: 'P3', workload, of: 'Triphase', against: NODE, bar }],
    settings: { operations, gc: false, leastMs: 0, ...settings },
  };
}

const BLOCK = new Int32Array(new SharedArrayBuffer(4));

/**
 * A case: adds `count` calls, blocks the thread for `longest` milliseconds without using CPU time, so that all calls are due, and measures the time
 * until all have run.
 */
const firing = (count, addCalls, longest, warmUp) => ({
  async setUp() {
    let left = count;
    const dueAt = performance.now() + longest + 2;
    const over = new Promise((resolve) => {
      addCalls(() => {
        if (--left === 0) resolve(count);
      });
    });
    // Collects the garbage of adding the calls, so that it doesn't count for firing them. A full collection drops optimised code, so it comes before
    // the warm-up. The minor collections drop none.
    if (warmUp !== undefined) {
      globalThis.gc?.();
      await warmUp();
      if (left < count) throw new Error(`${count - left} calls became due during the warm-up`);
    }
    for (let i = 0; i < 2; i++) globalThis.gc?.({ type: 'minor' });
    Atomics.wait(BLOCK, 0, 0, dueAt - performance.now());
    // In an object: otherwise `await setUp()` would wait for the promise.
    return { over };
  },
  run: ({ over }) => over,
});
