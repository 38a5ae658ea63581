/** The topic `scale`: the cost of one operation with 1e3 to 1e6 calls or triggers, ours and Node's. It has no bar; main.mjs draws a chart of it. */
import { EventEmitter } from 'node:events';
import { bareRing } from '../harness/bare-ring.mjs';
import { freshLoops } from '../harness/loops.mjs';
import { randomIndexes } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';
import { BARE } from '../harness/scale.mjs';
import { label } from '../harness/words.mjs';

export const title = 'Scale, all figures';

const TIMEOUT = 30_000;
const noop = () => undefined;
let counted = 0;

const NOTES = {
  'timed calls, random order': 'Cancels a random live call and adds one; 30 s each.',
  'timed calls, oldest first': 'Cancels the oldest live call and adds one; 30 s each.',
  'triggers fired': 'Nanoseconds a trigger, or a listener of an EventEmitter.',
  'calls posted and run': 'Posts all calls, then runs all of them; on Node with setImmediate.',
};

export async function groups({ operations, quick }) {
  const sizes = quick ? [1e3, 1e4] : [1e3, 1e4, 1e5, 1e6];
  const reactor = await startReactor();
  const ours = { add: () => reactor.callLater(TIMEOUT, noop), cancel: (call) => call.cancel() };
  const node = { add: () => setTimeout(noop, TIMEOUT), cancel: (timer) => clearTimeout(timer) };
  const ring = bareRing();
  const bare = { add: () => ring.add(TIMEOUT, noop), cancel: ring.cancel };
  const oldest = (count) => Uint32Array.from({ length: operations }, (_, index) => index % count);
  const random = (count) => randomIndexes(operations, count, 11);
  const queues = { Triphase: (fn) => reactor.callSoon(fn), Node: (fn) => setImmediate(fn) };
  return [
    await group('timed calls, random order', sizes, {
      Triphase: (count) => replacing(ours, count, random),
      Node: (count) => replacing(node, count, random),
      [BARE]: (count) => replacing(bare, count, random),
    }),
    await group('timed calls, oldest first', sizes, {
      Triphase: (count) => replacing(ours, count, oldest),
      Node: (count) => replacing(node, count, oldest),
      [BARE]: (count) => replacing(bare, count, oldest),
    }),
    await group('triggers fired', sizes, {
      Triphase: (count) => firing(operations, count, triggersOf(reactor)),
      Node: (count) => firing(operations, count, listenersOf(new EventEmitter().setMaxListeners(0))),
    }),
    await group('calls posted and run', sizes, {
      Triphase: (count) => draining(operations, count, queues.Triphase),
      Node: (count) => draining(operations, count, queues.Node),
    }),
  ];
}

async function group(kind, sizes, makers) {
  const cases = {};
  for (const size of sizes) {
    for (const [who, make] of Object.entries(makers)) cases[`${who}, ${label(size)}`] = await make(size);
  }
  return {
    title: `Scale: ${kind}`,
    note: NOTES[kind],
    scale: { kind, sizes, who: Object.keys(makers) },
    settings: { rounds: 5, warmUps: 2 },
    cases,
  };
}

async function replacing({ add, cancel }, count, choose) {
  const { replaceEach } = await freshLoops();
  const places = choose(count);
  return {
    setUp: () => Array.from({ length: count }, add),
    run(live) {
      replaceEach(places, live, cancel, add);
      return places.length;
    },
    tearDown: (live) => live.forEach(cancel),
  };
}

const triggersOf = (reactor) => ({
  on: (fn) => reactor.on('scale', fn),
  off: (handle) => handle.remove(),
  fire: () => reactor.fire('scale'),
});

const listenersOf = (emitter) => ({
  on: (fn) => emitter.on('scale', fn),
  off: () => emitter.removeAllListeners(),
  fire: () => emitter.emit('scale'),
});

async function firing(operations, count, { on, off, fire }) {
  const { repeat } = await freshLoops();
  const firings = Math.ceil(operations / count);
  return {
    setUp: () => Array.from({ length: count }, () => on(() => void counted++)),
    run() {
      repeat(firings, fire);
      return firings * count;
    },
    tearDown: (handles) => handles.forEach(off),
  };
}

async function draining(operations, count, add) {
  const { post } = await freshLoops();
  const times = Math.ceil(operations / count);
  return {
    async run() {
      for (let i = 0; i < times; i++) await new Promise((resolve) => post(count, add, noop, resolve));
      return times * count;
    },
  };
}
