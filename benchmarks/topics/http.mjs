/**
 * The topic `http` (P14): the same handler with and without `serveHttp`, each server in a process of its own, and 40 keep-alive clients in another.
 * Measures the wall time that clients see, and the CPU time of the server. On a busy machine only the CPU time holds.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { rotate } from '../harness/measure.mjs';

export const title = 'HTTP';

const SERVERS = { bare: 'the bare server', served: 'serveHttp' };
const [BARE, SERVED] = Object.values(SERVERS);

/** Starts a program. Resolves with `{ child, first }` when it has sent its first message. */
async function start(program, ...args) {
  const child = fork(join(import.meta.dirname, '..', 'programs', program), args, { execArgv: [] });
  child.once('exit', (code) => {
    if (child.connected || code !== 0) throw new Error(`${program} ended with ${code}`);
  });
  const [first] = await once(child, 'message');
  return { child, first };
}

async function cpuOf({ child }) {
  child.send('cpu');
  const [cpu] = await once(child, 'message');
  return cpu;
}

/** One sample: requests a second, latencies in milliseconds, CPU time of the server for each request in microseconds. */
async function sample(client, server, times) {
  client.child.send({ port: server.first, ...times });
  await once(client.child, 'message'); // the warm-up is over
  const before = await cpuOf(server);
  const [{ requests, ms, p50, p99 }] = await once(client.child, 'message');
  const cpu = (await cpuOf(server)) - before;
  client.child.send('over');
  return { requests: (1e3 * requests) / ms, p50, p99, cpu: cpu / requests };
}

export function groups({ quick }) {
  const times = quick ? { warmUpMs: 50, ms: 100 } : { warmUpMs: 100, ms: 300 };
  const measured = { requests: {}, p50: {}, p99: {}, cpu: {} };
  const collect = async ({ rounds, warmUps }) => {
    const client = await start('keep-alive-clients.mjs');
    const servers = {};
    for (const kind of Object.keys(SERVERS)) servers[kind] = await start('http-server.mjs', kind);
    for (let round = 0; round < warmUps + rounds; round++) {
      for (const kind of rotate(Object.keys(SERVERS), round)) {
        const figures = await sample(client, servers[kind], times);
        if (round < warmUps) continue;
        for (const [what, value] of Object.entries(figures)) (measured[what][SERVERS[kind]] ??= []).push(value);
      }
    }
    for (const { child } of [client, ...Object.values(servers)]) child.disconnect();
    return measured.requests;
  };
  const claim = (workload, bar) => ({ metric: 'P14', workload, of: SERVED, against: BARE, ...bar });
  return [
    {
      title: 'P14: requests a second, 40 keep-alive clients',
      note: 'The handler only ends the answer, so a request costs as little as it can. The clients use sockets directly, in a process of their own. The samples are many and short, so that both servers get the same share of other work on the machine.',
      unit: '/s',
      baseline: BARE,
      settings: quick ? { rounds: 1, warmUps: 0 } : { rounds: 101, warmUps: 10 },
      collect,
      claims: [claim('HTTP requests a second under 40 keep-alive clients', { bar: 0.97, atLeast: true })],
    },
    {
      title: 'P14: latency of a request, p99',
      unit: 'ms',
      baseline: BARE,
      collect: () => measured.p99,
      claims: [claim('HTTP p99 under 40 keep-alive clients', { bar: 1.1 })],
    },
    { title: 'P14: latency of a request, p50', unit: 'ms', baseline: BARE, collect: () => measured.p50 },
    {
      title: 'P14: CPU time of the server for each request',
      unit: 'µs',
      baseline: BARE,
      collect: () => measured.cpu,
      claims: [{ ...claim('HTTP, CPU time of the server for each request'), remark: 'no bar' }],
    },
  ];
}
