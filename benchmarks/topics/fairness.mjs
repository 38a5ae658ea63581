/**
 * The topic `fairness` (P11): an HTTP server and a full queue in one process, the clients in another. Measures the latency that clients see while
 * bursts of 1e6 calls are drained, and how many calls a second run. These are figures of wall time, since latency is the question.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { arrayQueue } from '../harness/array-queue.mjs';
import { percentile, rotate } from '../harness/measure.mjs';
import { startReactor } from '../harness/reactor.mjs';
import { label } from '../harness/words.mjs';

export const title = 'Fairness';

const SLICE_MS = 5; // the default of maxSliceMs

export async function groups({ quick }) {
  const burst = quick ? 1e4 : 1e6;
  const settings = quick ? { rounds: 1 } : { rounds: 5, warmUps: 1 };
  const seconds = quick ? 0.3 : 3;
  const strategies = {
    idle: undefined,
    Triphase: queueOf(await startReactor()),
    'drain-all': { post: arrayQueue() },
    'setImmediate each': { post: (fn) => setImmediate(fn) },
  };
  const measured = ['p50', 'p99', 'calls', 'requests'];
  const figures = Object.fromEntries(
    Object.keys(strategies).flatMap((name) => measured.map((what) => [`${name}: ${what}`, []])),
  );
  const collect = async ({ rounds, warmUps }) => {
    const server = createServer((_request, response) => response.end('hello\n'));
    // No limit: a server that was blocked for a long time would close connections that its clients are about to use.
    server.keepAliveTimeout = 0;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    for (let round = 0; round < warmUps + rounds; round++) {
      for (const name of rotate(Object.keys(strategies), round)) {
        const sample = await underLoad(server.address().port, strategies[name], burst, seconds);
        if (round < warmUps) continue;
        for (const [what, value] of Object.entries(sample)) figures[`${name}: ${what}`].push(value);
      }
    }
    server.close();
    return latencies(figures);
  };
  return [
    {
      title: `P11: latency of an HTTP server while bursts of ${label(burst)} calls are drained beside it`,
      note: `Milliseconds, measured by clients in another process: 4 connections, 2 ms between requests. Ours runs at most ${SLICE_MS} ms of calls, and at most 1 000 of them, then lets the loop turn.`,
      unit: 'ms',
      baseline: 'idle: p99',
      settings,
      collect,
      claims: [
        {
          metric: 'P11',
          workload: `p99 of an HTTP server beside ${label(burst)} queued calls`,
          of: 'Triphase: p99',
          against: (round) => 2 * SLICE_MS + round['idle: p99'],
          peer: '2 × slice + idle p99',
          bar: 1,
        },
      ],
    },
    {
      title: 'P11: calls a second beside the server',
      unit: '/s',
      baseline: 'drain-all: calls',
      collect: () => throughputs(figures),
      claims: [
        {
          metric: 'P11',
          workload: 'calls run beside the server, against drain-all',
          of: 'Triphase: calls',
          against: 'drain-all: calls',
          bar: 0.6,
          atLeast: true,
        },
      ],
    },
  ];
}

const choose = (figures, wanted) => Object.fromEntries(Object.entries(figures).filter(([name]) => wanted.test(name)));
const latencies = (figures) => choose(figures, /: p\d+$/);
const throughputs = (figures) => choose(figures, /^(?!idle).*: (calls|requests)$/);

const queueOf = (reactor) => ({ post: (fn) => reactor.callSoon(fn) });

let worked = 0;
/** A callback with a little work: about a microsecond. */
function work() {
  for (let i = 0; i < 300; i++) worked = (Math.imul(worked, 31) + i) | 0;
}

/** `{ p50, p99, calls, requests }`: milliseconds, and numbers a second. */
async function underLoad(port, strategy, burst, seconds) {
  const client = fork(join(import.meta.dirname, '..', 'programs', 'http-client.mjs'), [String(port)], { execArgv: [] });
  const ended = new Promise((resolve, reject) => {
    client.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`The client ended with ${code}.`))));
  });
  const message = () => Promise.race([once(client, 'message'), ended]);
  await message();
  let calls = 0;
  let over = false;
  const call = () => {
    if (over) return; // the client has ended, so the rest isn't measured
    work();
    calls++;
  };
  const bursts = async () => {
    while (!over) {
      await new Promise((resolve) => {
        for (let i = 1; i < burst; i++) strategy.post(call);
        strategy.post(() => {
          call();
          resolve();
        });
      });
    }
  };
  // The client measures the time: a timer in this process would wait for the whole burst.
  client.send({ seconds });
  const since = performance.now();
  const drained = strategy && bursts();
  const [latencies] = await message();
  const ms = performance.now() - since;
  const done = calls;
  over = true;
  await Promise.all([drained, ended]);
  return {
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    calls: (1e3 * done) / ms,
    requests: (1e3 * latencies.length) / ms,
  };
}
