/**
 * The topic `timers`: timed calls (P1 to P4). All calls share one function, on both sides, so that no closure is created while measuring. The cases
 * that fire calls are in fired-timers.mjs.
 */
import { bareRing } from '../harness/bare-ring.mjs';
import { freshLoops } from '../harness/loops.mjs';
import { importPeer } from '../harness/peers.mjs';
import { createRandom, randomIndexes, shuffled } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';
import { label } from '../harness/words.mjs';
import { NODE, node } from '../harness/node-timers.mjs';
import { fireDistinct, fireShared } from './fired-timers.mjs';

export const title = 'Timed calls';

const TIMEOUT = 30_000;
const noop = () => undefined;

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
    // At the end: calls that React has cancelled become due 30 s later, and would disturb other cases.
    await libraries(operations / 10),
  ];
}

/** The case that adds and cancels one call after the other. */
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
    note: 'Node creates its list for timers of 30 s with each pair and drops it again, unless another timer of 30 s is live.',
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

/** The group P2: `count` calls of the same duration are live. Cancels a random one and adds a new one. */
async function server(ours, operations, counts) {
  const churn = async ({ add, cancel }, count) => {
    const { replaceEach } = await freshLoops();
    const places = randomIndexes(operations, count);
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
    note: 'The bare ring is the lower bound with an exact clock: it reads performance.now(), links an object of six fields, and does nothing else.',
    claim: { metric: 'P2', workload: 'cancel a random live one, add one, same duration' },
    bars: [0.9, 0.9],
    counts,
    ours: (count) => churn(ours, count),
    peer: (count) => churn(node, count),
    more: (count) => churn(bareRing(), count),
    moreName: 'the clock and a bare ring',
  });
}

/** The group P4, idle timeouts: each operation resets a random call of 30 s to 30 s. */
async function refresh(ours, operations, counts) {
  const refreshing = async ({ add, cancel, refresh }, count) => {
    const { atEach } = await freshLoops();
    const places = randomIndexes(operations, count, 7);
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
    note: 'Ours only stores the new deadline. A call that was reset moves once, when its old deadline is reached.',
    claim: { metric: 'P4', workload: 'idle-timeout refresh' },
    bars: [1, 1],
    counts,
    ours: (count) => refreshing(ours, count),
    peer: (count) => refreshing(node, count),
    peerName: 'Node timeout.refresh',
  });
}

/** The group P4, resets: each of `count` calls of 60 s is reset once, in random order, to a random time that is sooner, or later. */
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

/** Makes a group: for each number of live calls one case of ours, one of a peer, and a claim. `more`: a third case without a claim. */
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

/** The group P3, add and cancel: adds `count` calls with distinct delays in random order, then cancels 90 % of them in random order. */
async function population(ours, count) {
  const delays = shuffled(count, 3).map((place) => place + 60_000);
  const order = shuffled(count, 4);
  const cancelled = order.slice(0, 0.9 * count);
  const kept = order.slice(0.9 * count);
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
        atEach(cancelled, calls, cancel);
        return cancelled.length;
      },
      tearDown: clear ?? ((calls) => kept.forEach((place) => cancel(calls[place]))),
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
    note: 'tinyqueue is only a container: it has no host timer, and a cancelled entry stays in it until it is due.',
    cases,
    claims: [claim('add', 0.25), claim('cancel', 0.6, ' 90 % in random order')],
  };
}

/** A queue of timers on top of tinyqueue, as programs usually write it. */
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
