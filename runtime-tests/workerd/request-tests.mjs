import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const MISSING = 'ERR_TRIPHASE_HOST_MISSING';
const OTHERS = [
  'idle',
  'with a queued call',
  'with a timed call',
  'with an asynchronous start',
  'with an aborted signal',
];
const forEach = (outcome) => Object.fromEntries(OTHERS.map((name) => [name, outcome]));

const whole = ['before startup', 'during startup', 'before shutdown', 'during shutdown'];

/** What workerd alone shows. `get(path)` is one request; `log(name, line)` resolves with a log once it has that line. */
const tests = [
  {
    name: 'D8′: run() outside of a request throws HostMissingError in every case, and the reactor stays idle',
    async run({ get }) {
      assert.deepEqual(await get('outside'), forEach(`${MISSING}, idle`));
    },
  },
  {
    name: 'D8: a reactor that was made outside of a request, and refused there, runs in a request',
    async run({ get }) {
      assert.deepEqual(await get('again'), { ...forEach('stop') });
    },
  },
  {
    name: 'D8: one reactor a request, embedded by waitUntil and await using: the three phases are over before the response',
    async run({ get }) {
      const [start, stop] = [whole.slice(0, 2), whole.slice(2)];
      assert.deepEqual(await get('embedded'), [
        ...start,
        'before job',
        'after job',
        ...stop,
        'after shutdown: dispose',
      ]);
    },
  },
  {
    name: 'D8: a run with a timed call goes on after the response, under waitUntil, and shuts down',
    async run({ get, log }) {
      assert.deepEqual(await get('after-response'), whole.slice(0, 2));
      const [start, stop] = [whole.slice(0, 2), whole.slice(2)];
      assert.deepEqual(await log('after-response', 'over'), [
        ...start,
        'timed call',
        ...stop,
        'after shutdown: stop',
        'over',
      ]);
    },
  },
  {
    name: 'D8′: an idle run under waitUntil is dropped by the platform without a word: its request ends, and nothing of it runs',
    async run({ get, worker }) {
      const before = worker.output();
      assert.deepEqual(await get('idle'), whole.slice(0, 2));
      // The platform ends a request in its own time.
      const { idle, log } = await eventually(async () => {
        const answer = await get('idle-later');
        return answer.idle === 'pending' ? undefined : answer;
      }, 'the idle run is pending');
      assert.match(idle, /created by a request that has since ended/);
      assert.deepEqual(log, whole.slice(0, 2));
      assert.equal(worker.output(), before);
    },
  },
  {
    name: 'D8′: stop() and calls from another request are refused while its own request lives, and its run goes on',
    async run({ get, log }) {
      await get('stoppable');
      const refused = { stop: MISSING, callSoon: MISSING, state: 'running' };
      assert.deepEqual(await get('from-another'), refused);
      await get('let-go');
      assert.deepEqual(await log('stoppable', 'over'), [...whole, 'after shutdown: own', 'over']);
    },
  },
  {
    name: 'D8′: stop() rejects when the request that ran the reactor is over',
    async run({ get }) {
      await get('left-running');
      assert.equal(await get('stop-left'), MISSING);
    },
  },
  {
    name: 'D8′: under a clock that stands still maxBatch alone bounds a turn, and no timed call comes until it moves',
    async run({ get }) {
      assert.deepEqual(await get('frozen'), { sizes: Array.from({ length: 10 }, () => 100), whileFrozen: 0, timed: 1 });
    },
  },
  {
    name: 'D8: a client that goes away aborts request.signal: the run shuts down in order',
    async run({ worker, log }) {
      const client = new AbortController();
      const { body } = await fetch(`${worker.url}/disconnect`, { signal: client.signal });
      await body.getReader().read();
      client.abort();
      assert.deepEqual(await log('disconnect', 'over'), [...whole, 'after shutdown: abort', 'over']);
    },
  },
];

/** What a request of a loaded machine may take. */
const LIMIT_MS = 30_000;

/** Asks again until there is an answer. */
async function eventually(ask, otherwise) {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > limit) throw new Error(otherwise);
    await sleep(5);
  }
}

export async function runRequestTests(tally, worker) {
  const get = async (path) => {
    const response = await fetch(`${worker.url}/${path}`, { signal: AbortSignal.timeout(LIMIT_MS) });
    if (!response.ok) throw new Error(`/${path}: ${response.status} ${await response.text()}\n${worker.output()}`);
    return response.json();
  };
  const log = (name, line) =>
    eventually(async () => {
      const lines = await get(`log?of=${name}`);
      return lines.includes(line) ? lines : undefined;
    }, `no line "${line}" of ${name}`);
  for (const { name, run } of tests) await tally.check(name, () => run({ worker, get, log }));
}
