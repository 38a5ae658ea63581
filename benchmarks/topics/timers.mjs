/** Timed calls, P1 to P4. One function is shared by all of them, on both sides: no closure is made in what is measured. */
import { bareRing } from '../harness/bare-ring.mjs';
import { freshLoops } from '../harness/loops.mjs';
import { importPeer } from '../harness/peers.mjs';
import { createRandom, randomPlaces, shuffled } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';
import { label } from '../harness/words.mjs';

export const title = 'Timed calls';

const TIMEOUT = 30_000;
const noop = () => undefined;
const NODE = 'Node setTimeout';

/** How Node adds, cancels and refreshes one. */
const node = {
  add: (ms, fn) => setTimeout(fn, ms),
  cancel: (timer) => clearTimeout(timer),
  refresh: (timer) => timer.refresh(),
};

export async function groups({ operations, quick }) {
  const reactor = await startReactor();
  const ours = {
    add: (ms, fn) => reactor.callLater(ms, fn),
    cancel: (call) => call.cancel(),
    refresh: (call) => call.reset(TIMEOUT),
  };
  const counts = [1e3, 1e5];
  return [
    await pairs(reactor, operations),
    await server(ours, operations, counts),
    await population(ours, quick ? 1e4 : 1e5),
    await refresh(ours, operations, counts),
    await moves(ours, counts),
    fireShared(ours, quick ? 1e3 : 1e4, quick ? 1 : 4),
    fireDistinct(ours, quick ? 100 : 1e4),
    // Last: calls that React has cancelled come due 30 s later and would count for other cases.
    await libraries(operations / 10),
  ];
}

const pair = async (operations, once, more) => {
  const { repeat } = await freshLoops();
  return {
    run() {
      repeat(operations, once);
      return operations;
    },
    ...more,
  };
};

async function pairs(reactor, operations) {
  return {
    title: 'P1: add and cancel at once, 30 s',
    note: 'Node makes a list for 30 s and drops it with each pair, unless another timer of 30 s is live.',
    baseline: NODE,
    cases: {
      Triphase: await pair(operations, () => reactor.callLater(TIMEOUT, noop).cancel()),
      [NODE]: await pair(operations, () => clearTimeout(setTimeout(noop, TIMEOUT))),
      'performance.now() alone': await pair(operations, () => performance.now()),
      [`${NODE}, another of 30 s live`]: await pair(operations, () => clearTimeout(setTimeout(noop, TIMEOUT)), {
        setUp: () => setTimeout(noop, TIMEOUT),
        tearDown: (timer) => clearTimeout(timer),
      }),
    },
    claims: [{ metric: 'P1', workload: 'callLater + cancel at once, 30 s', of: 'Triphase', against: NODE, bar: 0.65 }],
  };
}

async function libraries(operations) {
  const { asyncScheduler } = await importPeer('rxjs');
  const react = (await importPeer('scheduler')).default;
  const delayed = { delay: TIMEOUT };
  const scheduleTask = () => react.unstable_scheduleCallback(react.unstable_NormalPriority, noop, delayed);
  return {
    title: 'The workload of P1 with libraries',
    note: 'React cancels by forgetting the function: the task stays in its heap until it is due.',
    baseline: NODE,
    cases: {
      [NODE]: await pair(operations, () => clearTimeout(setTimeout(noop, TIMEOUT))),
      'RxJS asyncScheduler': await pair(operations, () => asyncScheduler.schedule(noop, TIMEOUT).unsubscribe()),
      'React scheduler': await pair(operations, () => react.unstable_cancelCallback(scheduleTask())),
    },
    settings: { operations },
  };
}

/** `count` of one duration are live: a random one is cancelled and a new one added. */
async function server(ours, operations, counts) {
  const churn = async ({ add, cancel }, count) => {
    const { replaceEach } = await freshLoops();
    const places = randomPlaces(operations, count);
    return {
      setUp: () => Array.from({ length: count }, () => add(TIMEOUT, noop)),
      run(live) {
        replaceEach(places, live, cancel, () => add(TIMEOUT, noop));
        return operations;
      },
      tearDown: (live) => live.forEach(cancel),
    };
  };
  return sizes({
    title: 'P2: timeouts of a server: cancel a random one, add one, all of 30 s',
    note: 'The bare ring is what an exact clock leaves possible: it reads performance.now() and links an object of six fields, and does nothing else.',
    claim: { metric: 'P2', workload: 'cancel a random live one, add one, same duration' },
    bars: [0.9, 0.9],
    counts,
    ours: (count) => churn(ours, count),
    peer: (count) => churn(node, count),
    more: (count) => churn(bareRing(), count),
    moreName: 'the clock and a bare ring',
  });
}

async function refresh(ours, operations, counts) {
  const refreshing = async ({ add, cancel, refresh }, count) => {
    const { atEach } = await freshLoops();
    const places = randomPlaces(operations, count, 7);
    return {
      setUp: () => Array.from({ length: count }, () => add(TIMEOUT, noop)),
      run(live) {
        atEach(places, live, refresh);
        return operations;
      },
      tearDown: (live) => live.forEach(cancel),
    };
  };
  return sizes({
    title: 'P4: refresh an idle timeout of 30 s, a random one',
    note: 'Ours stores the new deadline alone; a call that was put off is moved once, when its old place comes due.',
    claim: { metric: 'P4', workload: 'idle-timeout refresh' },
    bars: [1, 1],
    counts,
    ours: (count) => refreshing(ours, count),
    peer: (count) => refreshing(node, count),
    peerName: 'Node timeout.refresh',
  });
}

/** Each of `count` calls of 60 s is reset once, in random order, to a random time that is sooner, or later. */
async function moves({ add, cancel }, counts) {
  const moving = async (count, from) => {
    const { resetEach } = await freshLoops();
    const order = shuffled(count, 8);
    const random = createRandom(9);
    const delays = Float64Array.from({ length: count }, () => from + random() * 20_000);
    return {
      setUp: () => Array.from({ length: count }, () => add(60_000, noop)),
      run(calls) {
        resetEach(order, calls, delays);
        return count;
      },
      tearDown: (calls) => calls.forEach(cancel),
    };
  };
  return sizes({
    title: 'P4: reset from 60 s to a random time that is sooner (30–50 s), or later (70–90 s)',
    claim: { metric: 'P4', workload: 'reset to sooner against to later' },
    bars: [2.5, 2.5],
    counts,
    ours: (count) => moving(count, 30_000),
    peer: (count) => moving(count, 70_000),
    oursName: 'Triphase, sooner',
    peerName: 'Triphase, later',
  });
}

/** One case of ours and one of a peer for each number of live calls, and a claim for each pair. */
async function sizes({
  counts,
  ours,
  peer,
  more,
  oursName = 'Triphase',
  peerName = NODE,
  moreName,
  claim,
  bars,
  ...group
}) {
  const cases = {};
  const claims = [];
  for (const [index, count] of counts.entries()) {
    const [of, against] = [oursName, peerName].map((name) => `${name}, ${label(count)} live`);
    cases[of] = await ours(count);
    cases[against] = await peer(count);
    if (more !== undefined) cases[`${moreName}, ${label(count)} live`] = await more(count);
    claims.push({ ...claim, workload: `${claim.workload}; ${label(count)} live`, of, against, bar: bars[index] });
  }
  return { ...group, cases, claims };
}

/** `count` delays of distinct whole milliseconds, in random order; then 90 % of them are cancelled in random order. */
async function population(ours, count) {
  const delays = shuffled(count, 3).map((place) => place + 60_000);
  const order = shuffled(count, 4);
  const victims = order.slice(0, 0.9 * count);
  const survivors = order.slice(0.9 * count);
  const room = () => new Array(count).fill(undefined);
  const adding = async ({ add, cancel, clear }) => {
    const { addAll } = await freshLoops();
    return {
      setUp: room,
      run(calls) {
        addAll(calls, delays, (ms) => add(ms, noop));
        return count;
      },
      tearDown: clear ?? ((calls) => calls.forEach(cancel)),
    };
  };
  const cancelling = async ({ add, cancel, clear }) => {
    const { atEach } = await freshLoops();
    return {
      setUp: () => delays.map((ms) => add(ms, noop)),
      run(calls) {
        atEach(victims, calls, cancel);
        return victims.length;
      },
      tearDown: clear ?? ((calls) => survivors.forEach((place) => cancel(calls[place]))),
    };
  };
  const queue = lazyQueue((await importPeer('tinyqueue')).default);
  const cases = {};
  for (const [name, kind] of Object.entries({ Triphase: ours, [NODE]: node, tinyqueue: queue })) {
    cases[`${name}: add`] = await adding(kind);
    cases[`${name}: cancel`] = await cancelling(kind);
  }
  const claim = (what, bar, more = '') => ({
    metric: 'P3',
    workload: `${label(count)} distinct delays: ${what}${more}`,
    of: `Triphase: ${what}`,
    against: `${NODE}: ${what}`,
    bar,
  });
  return {
    title: `P3: ${label(count)} distinct delays: add, then cancel 90 % in random order`,
    note: 'tinyqueue is a container alone: no host timer, and a cancelled entry keeps its place until it is due.',
    cases,
    claims: [claim('add', 0.25), claim('cancel', 0.6, ' 90 % in random order')],
  };
}

/** The first are due after this: so long it may take to make them all, and to warm up. */
const AHEAD = 4_000;

/** The tenth of a population that was not cancelled, each due in a millisecond of its own. */
function fireDistinct(ours, count) {
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

/** Fires calls of fractions of a millisecond, and of distinct milliseconds, so that what fires them is compiled. */
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

function fireShared(ours, count, passes) {
  const random = createRandom(6);
  const delays = Array.from({ length: count }, () => 1 + Math.floor(random() * 300));
  const make = ({ add }) => firing(count, (fn) => delays.forEach((ms) => add(ms, fn)), 300);
  return fires(`${label(count)} over 300 durations, fired in one pass`, ours, make, {
    bar: 1.5,
    operations: passes * count,
  });
}

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

/** Makes `count` calls, lets `longest` ms pass without a turn of the loop or CPU time, and measures until all have run. */
const firing = (count, makeCalls, longest, warmUp) => ({
  async setUp() {
    let left = count;
    const dueAt = performance.now() + longest + 2;
    const over = new Promise((resolve) => {
      makeCalls(() => {
        if (--left === 0) resolve(count);
      });
    });
    // What making them left behind is not charged to firing them. A whole collection drops optimised code, a minor one does not.
    if (warmUp !== undefined) {
      globalThis.gc?.();
      await warmUp();
      if (left < count) throw new Error(`${count - left} calls came due while warming up`);
    }
    for (let i = 0; i < 2; i++) globalThis.gc?.({ type: 'minor' });
    Atomics.wait(BLOCK, 0, 0, dueAt - performance.now());
    // In an object, so that awaiting it doesn't wait for the promise.
    return { over };
  },
  run: ({ over }) => over,
});

/** The usual queue of timers on top of tinyqueue. */
function lazyQueue(TinyQueue) {
  const compare = (one, other) => one.time - other.time || one.order - other.order;
  let queue = new TinyQueue([], compare);
  let order = 0;
  return {
    add(ms, fn) {
      const entry = { time: performance.now() + ms, order: order++, fn };
      queue.push(entry);
      return entry;
    },
    cancel: (entry) => (entry.fn = undefined),
    clear: () => (queue = new TinyQueue([], compare)),
  };
}
