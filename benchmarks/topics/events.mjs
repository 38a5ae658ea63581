/** The topic `events`: system events (P7 to P9). The triggers count their calls, so that V8 can't remove them as unused. */
import { EventEmitter } from 'node:events';
import { freshLoops } from '../harness/loops.mjs';
import { importPeer } from '../harness/peers.mjs';
import { shuffled } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';
import { label } from '../harness/words.mjs';

export const title = 'System events';

const DETAIL = { path: '/etc/service.json' };
let counted = 0;
const triggers = (count) => (count === 1 ? '1 trigger' : `${label(count)} triggers`);
const makeSync = (count) => Array.from({ length: count }, () => () => void counted++);
const makeAsync = (count) => Array.from({ length: count }, () => async () => void counted++);

export async function groups({ operations, quick }) {
  const reactor = await startReactor();
  const peers = {
    EventEmitter3: (await importPeer('eventemitter3')).default,
    mitt: (await importPeer('mitt')).default,
    hookable: await importPeer('hookable'),
    tapable: (await importPeer('tapable')).default,
    Emittery: (await importPeer('emittery')).default,
  };
  return [
    ...(await Promise.all([10, 100, 1e3, 1e5].map((count) => syncFire(reactor, peers, count, operations)))),
    ...(await Promise.all([1, 10, 1e3].map((count) => asyncFire(reactor, peers, count, operations)))),
    await registration(reactor, peers, quick ? 10 : 1),
  ];
}

/** The case that calls `fire` often enough for `operations` calls of triggers. */
const repeated = async (fire, count, operations) => {
  const { repeat } = await freshLoops();
  const firings = Math.ceil(operations / count);
  return {
    run() {
      repeat(firings, fire);
      return firings * count;
    },
  };
};

/** The same, but each firing ends before the next one begins. */
const repeatedInTurn = async (fire, count, operations) => {
  const { repeatInTurn } = await freshLoops();
  const firings = Math.ceil(operations / count);
  return { run: () => repeatInTurn(firings, fire).then(() => firings * count) };
};

/** One case for each of `fires`, by name. */
async function casesOf(fires, make) {
  const cases = {};
  for (const [name, fire] of Object.entries(fires)) cases[name] = await make(fire);
  return cases;
}

async function syncFire(reactor, { EventEmitter3, mitt, tapable }, count, operations) {
  const fns = makeSync(count);
  const type = `sync ${count}`;
  for (const fn of fns) reactor.on(type, fn);
  const node = new EventEmitter().setMaxListeners(0);
  const three = new EventEmitter3();
  const small = mitt();
  for (const fn of fns) {
    for (const emitter of [node, three, small]) emitter.on('it', fn);
  }
  const fires = {
    Triphase: () => reactor.fire(type, DETAIL),
    'bare loop': () => {
      for (const fn of fns) fn(DETAIL);
    },
    'Node EventEmitter': () => node.emit('it', DETAIL),
    eventemitter3: () => three.emit('it', DETAIL),
    mitt: () => small.emit('it', DETAIL),
  };
  if (count <= 1e3) {
    const tapped = new tapable.SyncHook(['detail']);
    fns.forEach((fn, index) => tapped.tap(`fn ${index}`, fn));
    fires['tapable SyncHook'] = () => tapped.call(DETAIL);
  }
  const claim = { metric: 'P7', of: 'Triphase' };
  return {
    title: `P7: fire ${label(count)} synchronous triggers of one phase`,
    note: 'Nanoseconds a trigger. The cost of the firing itself is included.',
    cases: await casesOf(fires, (fire) => repeated(fire, count, operations)),
    baseline: 'bare loop',
    claims: [
      { ...claim, workload: `sync fire, ${label(count)} triggers`, remark: 'no bar', against: 'bare loop' },
      ...(count < 100
        ? []
        : [{ ...claim, workload: `sync fire, ${label(count)} triggers`, against: 'Node EventEmitter', bar: 1 }]),
    ],
  };
}

async function asyncFire(reactor, { hookable, tapable, Emittery }, count, operations) {
  const fns = makeAsync(count);
  const type = `async ${count}`;
  for (const fn of fns) reactor.on(type, fn);
  const hooks = hookable.createHooks();
  const emittery = new Emittery();
  const tapped = new tapable.AsyncParallelHook(['detail']);
  fns.forEach((fn, index) => {
    hooks.hook('it', fn);
    emittery.on('it', fn);
    tapped.tapPromise(`fn ${index}`, fn);
  });
  const fires = {
    Triphase: () => reactor.fire(type, DETAIL),
    'Promise.allSettled': () => Promise.allSettled(fns.map((f) => f())),
    'Promise.all': () => Promise.all(fns.map((f) => f())),
    'hookable callHookParallel': () => hooks.callHookParallel('it', DETAIL),
    'emittery emit': () => emittery.emit('it', DETAIL),
    'tapable AsyncParallelHook': () => tapped.promise(DETAIL),
  };
  return {
    title: `P8: fire ${triggers(count)}, asynchronous, and wait for all`,
    note: 'Nanoseconds a trigger.',
    baseline: 'Promise.allSettled',
    cases: await casesOf(fires, (fire) => repeatedInTurn(fire, count, operations)),
    claims: [
      {
        metric: 'P8',
        workload: `async fire, ${triggers(count)}`,
        of: 'Triphase',
        against: 'Promise.allSettled',
        bar: { 1: 1.5, 10: 1, 1e3: 0.8 }[count],
      },
    ],
  };
}

/** The group P9: adds triggers and removes them in random order. `smaller` divides the numbers of triggers. */
async function registration(reactor, { EventEmitter3, mitt, hookable, Emittery }, smaller) {
  const pairs = async (count, { add, remove }) => {
    const { addAndRemove } = await freshLoops();
    const fns = makeSync(count);
    const places = shuffled(count, 10);
    return {
      run() {
        addAndRemove(fns, places, add, remove);
        return count;
      },
    };
  };
  const onAndOff = (emitter) => ({ add: (fn) => emitter.on('it', fn), remove: (_, fn) => emitter.off('it', fn) });
  const ours = { add: (fn) => reactor.on('pairs', fn), remove: (handle) => handle.remove() };
  const twisted = {
    add: (fn) => reactor.addSystemEventTrigger('during', 'twisted pairs', fn),
    remove: (handle) => reactor.removeSystemEventTrigger(handle),
  };
  const hooks = hookable.createHooks();
  const peers = {
    'Triphase addSystemEventTrigger, removeSystemEventTrigger': twisted,
    'Node EventEmitter': onAndOff(new EventEmitter().setMaxListeners(0)),
    eventemitter3: onAndOff(new EventEmitter3()),
    mitt: onAndOff(mitt()),
    hookable: { add: (fn) => hooks.hook('it', fn), remove: (unhook) => unhook() },
    emittery: onAndOff(new Emittery()),
  };
  const [few, many, most] = [1e3, 1e4, 1e5].map((count) => count / smaller);
  const cases = {};
  for (const count of [few, many, most]) cases[`Triphase, ${label(count)}`] = await pairs(count, ours);
  for (const [name, peer] of Object.entries(peers)) cases[`${name}, ${label(many)}`] = await pairs(many, peer);
  const claim = { metric: 'P9', workload: `add + remove a trigger in random order; ${label(many)}` };
  return {
    title: 'P9: add triggers, remove them in random order',
    note: 'Nanoseconds a pair of add and remove.',
    baseline: `Node EventEmitter, ${label(many)}`,
    cases,
    claims: [
      { ...claim, of: `Triphase, ${label(many)}`, against: `Node EventEmitter, ${label(many)}`, bar: 0.03 },
      {
        ...claim,
        workload: `add + remove a trigger in random order; ${label(most)} against ${label(few)}`,
        of: `Triphase, ${label(most)}`,
        against: `Triphase, ${label(few)}`,
        bar: 6,
      },
    ],
  };
}
