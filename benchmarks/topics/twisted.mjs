/**
 * The topic `twisted`: compares ours with Twisted's reactor, which runs in Python and in a process of its own. The ratios show how the algorithms
 * scale; they don't compare the languages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freshLoops } from '../harness/loops.mjs';
import { randomIndexes, shuffled } from '../harness/random.mjs';
import { startReactor } from '../harness/reactor.mjs';

export const title = 'Twisted';

const TIMEOUT = 30_000;
const noop = () => undefined;
const TITLE = 'Twisted, in Python and a process of its own';

/** Finds a Python that has Twisted: `{ python, version }`. */
function findTwisted() {
  for (const python of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(
      python,
      ['-c', 'import twisted, sys; print(twisted.__version__, sys.version.split()[0])'],
      {
        encoding: 'utf8',
      },
    );
    if (status === 0) return { python, version: stdout.trim().replace(' ', ', Python ') };
  }
  return undefined;
}

export async function groups({ quick }) {
  const twisted = findTwisted();
  if (twisted === undefined) {
    return [{ title: TITLE, cases: {}, absent: 'Twisted is not installed here (Debian has it as python3-twisted)' }];
  }
  const ask = startPython(twisted.python);
  const reactor = await startReactor();
  const least = (operations) => (quick ? Math.min(operations, 100) : operations);
  const compare = (metric, workload, own, [name, operations]) => ({
    title: `${metric} beside Twisted: ${workload}`,
    note: `Another language in another process: Twisted ${twisted.version}, epoll reactor.`,
    baseline: 'Twisted',
    settings: { operations: quick ? 100 : 1e5, rounds: quick ? 1 : 5 },
    cases: { Triphase: own, Twisted: { value: () => ask(`${name} ${least(operations)}`) } },
    claims: [{ metric, workload, remark: 'cross-language, no bar', of: 'Triphase', against: 'Twisted' }],
  });
  return [
    compare('P1', 'callLater + cancel at once, 30 s', await pair(reactor), ['pair', 1e4]),
    compare('P2', 'cancel a random one, add one; 1e3 live', await replace(reactor), ['replace', 1e4]),
    compare('P4', 'reset to sooner, 1e4 live', await sooner(reactor), ['sooner', 100]),
    compare('P6', 'callFromThread, post and drain 1e3', await post(reactor), ['post', 1e3]),
    compare('P7', 'fire 1e3 one-shot triggers', fire(reactor), ['fire', 1e3]),
    compare('P9', 'add + remove a trigger in random order; 1e3', await register(reactor), ['register', 1e3]),
  ];
}

async function pair(reactor) {
  const { repeat } = await freshLoops();
  return {
    run() {
      repeat(1e4, () => reactor.callLater(TIMEOUT, noop).cancel());
      return 1e4;
    },
  };
}

async function replace(reactor) {
  const { replaceEach } = await freshLoops();
  const places = randomIndexes(1e4, 1e3);
  const add = () => reactor.callLater(TIMEOUT, noop);
  const cancel = (call) => call.cancel();
  return {
    setUp: () => Array.from({ length: 1e3 }, add),
    run(live) {
      replaceEach(places, live, cancel, add);
      return places.length;
    },
    tearDown: (live) => live.forEach(cancel),
  };
}

async function sooner(reactor) {
  const { atEach } = await freshLoops();
  const order = shuffled(1e4);
  return {
    setUp: () => order.map(() => reactor.callLater(2 * TIMEOUT, noop)),
    run(calls) {
      atEach(order, calls, (call) => call.reset(TIMEOUT));
      return order.length;
    },
    tearDown: (calls) => calls.forEach((call) => call.cancel()),
  };
}

async function post(reactor) {
  const { post: postAll } = await freshLoops();
  return {
    run: () =>
      new Promise((resolve) => postAll(1e3, (fn) => reactor.callFromThread(fn), noop, resolve)).then(() => 1e3),
  };
}

/** Ours and Twisted remove a one-shot trigger when it is called, so each firing has new ones. */
function fire(reactor) {
  return {
    setUp() {
      for (let i = 0; i < 1e3; i++) reactor.addSystemEventTrigger('during', 'one-shot', noop);
    },
    run() {
      void reactor.fire('one-shot');
      return 1e3;
    },
  };
}

async function register(reactor) {
  const { addAndRemove } = await freshLoops();
  const fns = new Array(1e3).fill(noop);
  const places = shuffled(1e3);
  const add = (fn) => reactor.addSystemEventTrigger('during', 'registered', fn);
  const remove = (handle) => reactor.removeSystemEventTrigger(handle);
  return {
    run() {
      addAndRemove(fns, places, add, remove);
      return 1e3;
    },
  };
}

/** Starts programs/twisted_cases.py. Returns a function that sends a line and resolves with the number in the answer. */
function startPython(python) {
  const child = spawn(python, [join(import.meta.dirname, '..', 'programs', 'twisted_cases.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  return async (question) => {
    const answer = once(lines, 'line');
    child.stdin.write(`${question}\n`);
    return Number((await answer)[0]);
  };
}
