/**
 * The topic `deno` (D2, D3): calls queue themselves on Deno for a second. Measures how often Deno's own timers, server and signals run in that time,
 * with our queue and with other ways to queue. Deno is a real process, its clients another one. The figures are wall time and counts.
 */
import { build } from 'esbuild';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { deno, lacking } from '../../runtime-tests/conformance/runtimes.mjs';
import { root } from '../../scripts/packages.mjs';
import { percentile, rotate } from '../harness/measure.mjs';

export const title = 'Deno';

const STRATEGIES = ['idle', 'Triphase', 'microtasks', 'setImmediate each'];
const FLOOD_SECONDS = 1;

export async function groups({ quick }) {
  const absent = lacking([deno]);
  if (absent !== undefined) return [{ title: 'D2 and D3, on Deno', cases: {}, absent }];
  const settings = quick ? { rounds: 1, warmUps: 0 } : { rounds: 7, warmUps: 1 };
  const measured = { fires: {}, p99: {}, signal: {} };
  const turns = { Triphase: [], 'the bound': [] };
  const collect = async ({ rounds, warmUps }) => {
    const folder = mkdtempSync(join(tmpdir(), 'triphase-bench-deno-'));
    try {
      const program = await bundle(folder);
      for (let round = 0; round < warmUps + rounds; round++) {
        const { most } = await withDeno(program, 'count', ({ said }) => said('most'));
        if (round >= warmUps) {
          turns.Triphase.push(most);
          turns['the bound'].push(1);
        }
        for (const name of rotate(STRATEGIES, round)) {
          const figures = await withDeno(program, name, underFlood);
          if (round < warmUps) continue;
          for (const [what, value] of Object.entries(figures)) (measured[what][name] ??= []).push(value);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return turns;
  };
  const claim = (metric, workload, bound, more = {}) => ({
    metric,
    workload,
    of: 'Triphase',
    against: () => bound,
    peer: 'what is promised',
    bar: 1,
    ...more,
  });
  return [
    {
      title: 'D2: the most turns in a row that microtasks entered on Deno, with no macrotask between them',
      note: 'Three promise chains of 2 000 calls through the reactor.',
      unit: '',
      baseline: 'the bound',
      settings,
      collect,
      claims: [claim('D2', 'turns by microtask between two macrotasks of Deno', 1)],
    },
    {
      title: 'D3: how often an interval of 5 ms fires on Deno in one second of calls that queue themselves',
      unit: '',
      baseline: 'idle',
      collect: () => measured.fires,
      claims: [claim('D3', 'fires of a 5 ms interval in 1 s beside a full queue, Deno', 100, { atLeast: true })],
    },
    {
      title: 'D3: latency of Deno.serve beside the same calls, p99',
      note: 'Measured by clients in another process: 4 connections, 2 ms between requests.',
      unit: 'ms',
      baseline: 'idle',
      collect: () => measured.p99,
      claims: [claim('D3', 'p99 of Deno.serve beside a full queue', 25)],
    },
    {
      title: 'D3: time from SIGINT to its listener on Deno beside the same calls',
      unit: 'ms',
      baseline: 'idle',
      collect: () => measured.signal,
      claims: [claim('D3', 'SIGINT beside a full queue, Deno', 50)],
    },
  ];
}

/** Bundles the program with the built packages into one file in `folder`. */
async function bundle(folder) {
  const outfile = join(folder, 'flood.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '..', 'programs', 'deno-flood.mjs')],
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  });
  return outfile;
}

/** Runs the program and calls `use({ child, said })`. `said(key)` resolves with the first message of the program that has this key. */
async function withDeno(program, strategy, use) {
  const args = [...deno.args, '--allow-net=127.0.0.1', program, strategy];
  const child = spawn(deno.program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const messages = [];
  const waiting = new Set();
  createInterface({ input: child.stdout }).on('line', (line) => {
    messages.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  const said = (key) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = messages.find((message) => key in message);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      child.once('close', (code) => reject(new Error(`Deno ended with ${code} before it said "${key}"`)));
      look();
    });
  try {
    return await use({ child, said });
  } finally {
    child.kill('SIGKILL');
  }
}

/** One sample, while the program keeps its queue full: `{ fires, p99, signal }`. */
async function underFlood({ child, said }) {
  const { port } = await said('port');
  const client = fork(join(import.meta.dirname, '..', 'programs', 'http-client.mjs'), [String(port)], { execArgv: [] });
  const ended = once(client, 'close');
  await once(client, 'message');
  await (await fetch(`http://127.0.0.1:${port}/flood`)).text();
  const measured = once(client, 'message');
  client.send({ seconds: FLOOD_SECONDS });
  await wait(300); // now the queue is full
  const sentAt = performance.timeOrigin + performance.now();
  child.kill('SIGINT');
  const [{ signalAt }, { fires }, [latencies]] = await Promise.all([said('signalAt'), said('fires'), measured]);
  await ended;
  return { fires, p99: percentile(latencies, 0.99), signal: Math.max(0.01, signalAt - sentAt) };
}
