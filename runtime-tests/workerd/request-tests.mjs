/** Tests of what only workerd does, with the worker of conformance/workerd-requests.entry.mjs. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const MISSING = 'ERR_TRIPHASE_HOST_MISSING';
/** The reactors that the worker runs at module scope. */
const OUTSIDE = [
  'idle',
  'with a queued call',
  'with a timed call',
  'with an asynchronous start',
  'with an aborted signal',
];
const sameForAll = (outcome) => Object.fromEntries(OUTSIDE.map((name) => [name, outcome]));

/** The log of a reactor that has stopped, without the phase `after`. */
const START_AND_STOP = ['before startup', 'during startup', 'before shutdown', 'during shutdown'];

/** `get(path)` sends a request, `log(name, line)` resolves with the log of a reactor as soon as it has this line. */
const tests = [
  {
    name: 'D8: run() outside of a request throws HostMissingError in every case, and the reactor stays idle',
    async run({ get }) {
      assert.deepEqual(await get('outside'), sameForAll(`${MISSING}, idle`));
    },
  },
  {
    name: 'D8: a reactor that was made outside of a request runs in a request, after run() has thrown outside',
    async run({ get }) {
      assert.deepEqual(await get('again'), sameForAll('stop'));
    },
  },
  {
    name: 'D8: a reactor in a request, with waitUntil and await using, has stopped before the response',
    async run({ get }) {
      const [start, stop] = [START_AND_STOP.slice(0, 2), START_AND_STOP.slice(2)];
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
      assert.deepEqual(await get('after-response'), START_AND_STOP.slice(0, 2));
      const [start, stop] = [START_AND_STOP.slice(0, 2), START_AND_STOP.slice(2)];
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
    name: 'D8: workerd drops an idle run under waitUntil: its request ends without a log line, and no trigger runs',
    async run({ get, worker }) {
      const before = worker.output();
      assert.deepEqual(await get('idle'), START_AND_STOP.slice(0, 2));
      // workerd decides when it ends the request.
      const { idle, log } = await eventually(async () => {
        const answer = await get('idle-later');
        return answer.idle === 'pending' ? undefined : answer;
      }, 'the idle run is pending');
      assert.match(idle, /created by a request that has since ended/);
      assert.deepEqual(log, START_AND_STOP.slice(0, 2));
      assert.equal(worker.output(), before);
    },
  },
  {
    name: 'D8: stop() and calls from another request throw HostMissingError, and the run goes on in its own request',
    async run({ get, log }) {
      await get('stoppable');
      const refused = { stop: MISSING, callSoon: MISSING, state: 'running' };
      assert.deepEqual(await get('from-another'), refused);
      await get('let-go');
      assert.deepEqual(await log('stoppable', 'over'), [...START_AND_STOP, 'after shutdown: own', 'over']);
    },
  },
  {
    name: 'D8: stop() rejects when the request that ran the reactor is over',
    async run({ get }) {
      await get('left-running');
      assert.equal(await get('stop-left'), MISSING);
    },
  },
  {
    name: 'D8: while the clock stands still maxBatch alone ends a turn, and no timed call runs',
    async run({ get }) {
      assert.deepEqual(await get('frozen'), { sizes: Array.from({ length: 10 }, () => 100), whileFrozen: 0, timed: 1 });
    },
  },
  {
    name: 'D8: a client that disconnects aborts request.signal, and the reactor stops in order',
    async run({ worker, log }) {
      const client = new AbortController();
      const { body } = await fetch(`${worker.url}/disconnect`, { signal: client.signal });
      await body.getReader().read();
      client.abort();
      assert.deepEqual(await log('disconnect', 'over'), [...START_AND_STOP, 'after shutdown: abort', 'over']);
    },
  },
];

/** Time limit for an answer, on a busy machine. Milliseconds. */
const LIMIT_MS = 30_000;

/** Calls `ask` until it returns a value. `failure` is the message of the error after the time limit. */
async function eventually(ask, failure) {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > limit) throw new Error(failure);
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
