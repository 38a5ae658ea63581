/** The topic `calls`: queued calls (P6). Posts many calls of one function, then runs them. */
import { arrayQueue } from '../harness/array-queue.mjs';
import { freshLoops } from '../harness/loops.mjs';
import { importPeer } from '../harness/peers.mjs';
import { startReactor } from '../harness/reactor.mjs';
import { label } from '../harness/words.mjs';

export const title = 'Queued calls';

const noop = () => undefined;

export async function groups({ operations, quick }) {
  const reactor = await startReactor();
  return [
    await burst(reactor, 1e3, operations, { node: 0.35, array: 2 }),
    await burst(reactor, quick ? 1e4 : 1e6, operations, { node: 0.1, array: 1 }),
  ];
}

/** The group for bursts of `count` calls. */
async function burst(reactor, count, operations, bars) {
  const posts = {
    'Triphase callSoon': (fn) => reactor.callSoon(fn),
    'Node setImmediate': (fn) => setImmediate(fn),
    'bare array, drained at once': arrayQueue(),
    'bare chunks, 1e3 a turn': chunkQueue(),
    'process.nextTick': (fn) => process.nextTick(fn),
    queueMicrotask: (fn) => queueMicrotask(fn),
    // Not with more calls: RxJS takes quadratic time, React overflows the stack, and fastq is too slow.
    ...(count <= 1e3 && (await libraries())),
  };
  const cases = {};
  for (const [name, add] of Object.entries(posts)) cases[name] = await draining(add, count, operations);
  const claim = { metric: 'P6', workload: `post and drain ${label(count)} no-ops`, of: 'Triphase callSoon' };
  return {
    title: `P6: post ${label(count)} calls that do nothing, and run them`,
    note: 'The bare array is what a program would write by hand: no time slice, no try, one setImmediate for each batch. The bare chunks are our queue without time slice, try and checks, which shows the cost of those. fastq calls each task inside the one before.',
    baseline: 'Node setImmediate',
    cases,
    claims: [
      { ...claim, against: 'Node setImmediate', bar: bars.node },
      { ...claim, against: 'bare array, drained at once', bar: bars.array },
    ],
  };
}

async function draining(add, count, operations) {
  const { post } = await freshLoops();
  const times = Math.ceil(operations / count);
  const once = () => new Promise((resolve) => post(count, add, noop, resolve));
  return {
    async run() {
      for (let i = 0; i < times; i++) await once();
      return times * count;
    },
  };
}

/** Our queue without time slice, try and checks: chunks of 1 024 slots, created when needed. After a thousand calls it waits for the next turn. */
function chunkQueue() {
  const makeChunk = () => ({ slots: new Array(1_024), next: undefined });
  let head = makeChunk();
  let tail = head;
  let pushed = 0;
  let taken = 0;
  const drain = () => {
    for (let i = 0; i < 1_000 && taken < pushed; i++) {
      const place = taken++ & 1_023;
      const { slots, next } = head;
      const fn = slots[place];
      slots[place] = undefined;
      if (place === 1_023 && next !== undefined) {
        head.next = undefined;
        head = next;
      }
      fn();
    }
    if (taken < pushed) setImmediate(drain);
  };
  return (fn) => {
    const place = pushed & 1_023;
    if (place === 0 && pushed !== taken) tail = tail.next = makeChunk();
    tail.slots[place] = fn;
    if (pushed++ === taken) setImmediate(drain);
  };
}

/** The functions that queue a call with each library. */
async function libraries() {
  const { asapScheduler } = await importPeer('rxjs');
  const react = (await importPeer('scheduler')).default;
  const fastq = (await importPeer('fastq')).default;
  const tasks = fastq((fn, done) => {
    fn();
    done(null);
  }, 1);
  let posting = false;
  const resume = () => {
    posting = false;
    tasks.resume();
  };
  return {
    'RxJS asapScheduler': (fn) => asapScheduler.schedule(fn),
    'React scheduler': (fn) => react.unstable_scheduleCallback(react.unstable_NormalPriority, fn),
    'fastq, paused while posting': (fn) => {
      if (!posting) {
        posting = true;
        tasks.pause();
        setImmediate(resume);
      }
      tasks.push(fn);
    },
  };
}
