/**
 * `runCluster` under load on the other versions of Node that we support, on Deno and on Bun (jest tests this Node). On this Node: 16 workers, and
 * workers that are killed and replaced for 15 s, as `npm run soak:cluster` does for longer.
 *
 * Run it alone with `node runtime-tests/cluster.run.mjs`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Load } from '../scripts/http-load.mjs';
import { bundle } from './conformance/bundle.mjs';
import { bun, deno, lacking, nodes } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { clusterKit, soak } from './cluster/soak.mjs';

const runtimes = [...nodes.slice(1), deno, bun];
/** Duration of the soak. Seconds. */
const SOAK = 15;

const reason = lacking(runtimes);
if (reason !== undefined) leaveOut(reason);

const folder = mkdtempSync(join(tmpdir(), 'triphase-cluster-'));
const tally = new Tally();

/** Two reloads under load, then a reload to a version that crashes, then a stop. */
async function reloadUnderLoad({ ClusterProgram, reload }, { name, program, args = [] }, workers) {
  // This test is not about the permissions of Deno.
  const runtime = [program, ...args.map((arg) => (arg === '--no-prompt' ? '--allow-all' : arg))];
  const env = name === bun.name ? { MAIN: join(folder, 'bun-worker.mjs') } : {};
  const cluster = await ClusterProgram.start({ folder }, { workers }, { runtime, env });
  try {
    await cluster.line('running');
    const versions = new Set();
    const load = new Load({ port: cluster.port, onAnswer: (_status, version) => versions.add(version) }).start();
    for (const version of ['v2', 'v3']) {
      await load.answers(50);
      cluster.deploy(version);
      const { ok, text } = await reload(cluster);
      assert.ok(ok, text);
    }
    await load.answers(50);
    cluster.deploy('v4', 'crashes');
    const { ok, text } = await reload(cluster);
    assert.match(text, /ended with status 3 before it was ready\n.*the new version has a bug\n.*the old workers go on/);
    await load.answers(50);
    const { broken, refused, errors } = await load.stop();
    const { status } = await cluster.endBy('SIGTERM');
    assert.deepEqual(
      { ok, versions: [...versions], broken, refused, errors, status, areFree: await cluster.arePortsFree() },
      { ok: false, versions: ['v1', 'v2', 'v3'], broken: 0, refused: 0, errors: {}, status: 0, areFree: true },
    );
  } finally {
    cluster[Symbol.dispose]();
  }
}

/** A reload of 16 workers at once, then a stop. */
async function reloadManyWorkers({ ClusterProgram, reload }) {
  const cluster = await ClusterProgram.start({ folder }, { workers: 16, surge: 16 }, { limitMs: 120_000 });
  try {
    await cluster.line('running');
    cluster.deploy('v2');
    const { ok, text } = await reload(cluster);
    const { workers } = await cluster.status();
    const { status, stderr } = await cluster.endBy('SIGTERM');
    assert.deepEqual(
      { ok, count: workers.length, ready: workers.every(({ state }) => state === 'ready'), status },
      { ok: true, count: 16, ready: true, status: 0 },
      text,
    );
    assert.doesNotMatch(stderr, /Warning/); // such as MaxListenersExceededWarning
    assert.ok(await cluster.arePortsFree());
  } finally {
    cluster[Symbol.dispose]();
  }
}

try {
  const kit = await clusterKit(folder);
  await bundle({
    entry: join(import.meta.dirname, 'cluster', 'bun-worker.mjs'),
    outfile: join(folder, 'bun-worker.mjs'),
  });
  for (const runtime of runtimes)
    for (const workers of [1, 2])
      await tally.check(
        `H6, H12: ${runtime.name}: two reloads of ${workers} worker(s) under load break no request`,
        () => reloadUnderLoad(kit, runtime, workers),
      );
  await tally.check('H1, H3: 16 workers are replaced at once', () => reloadManyWorkers(kit));
  await tally.check(
    `H7: ${SOAK} s of reloads and kills break only connections of workers that were killed`,
    async () => {
      const seed = Date.now() % 1_000_000;
      const { sums, wrong } = await soak({ kit, folder, seconds: SOAK, seed });
      console.log(`seed ${seed}: ${JSON.stringify(sums)}`);
      assert.deepEqual(wrong, []);
    },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
