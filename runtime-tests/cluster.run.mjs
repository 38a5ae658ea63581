/** Clusters under load on the other versions of Node we support and on Deno; jest tests them on this Node. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Load } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { bundle } from './conformance/bundle.mjs';
import { deno, lacking, nodes } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const runtimes = [...nodes.slice(1), deno];
const reason = lacking(runtimes);
if (reason !== undefined) leaveOut(reason);

const tests = join(root, 'packages', 'node-reactor', 'test', 'cluster');
const folder = mkdtempSync(join(tmpdir(), 'triphase-cluster-'));
const tally = new Tally();

/** Two reloads under load, then a version that crashes, then a stop. */
async function handOver({ ClusterProgram, reload }, { program, args = [] }, workers) {
  // Deno asks for a permission for each thing; here it is not about that.
  const runtime = [program, ...args.map((arg) => (arg === '--no-prompt' ? '--allow-all' : arg))];
  const cluster = await ClusterProgram.start({ folder }, { workers }, { runtime });
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

try {
  for (const name of ['primary', 'worker'])
    await bundle({ entry: join(tests, 'programs', `${name}.ts`), outfile: join(folder, `${name}.mjs`) });
  const suite = join(folder, 'suite.mjs');
  await bundle({
    source: `
      export { ClusterProgram } from ${JSON.stringify(join(tests, 'cluster-program.ts'))};
      export { reload } from ${JSON.stringify(join(tests, 'kit.ts'))};`,
    outfile: suite,
  });
  const kit = await import(pathToFileURL(suite).href);
  for (const runtime of runtimes)
    for (const workers of [1, 2])
      await tally.check(`H6, H12: ${workers} worker(s) are replaced under load on ${runtime.name}`, () =>
        handOver(kit, runtime, workers),
      );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
