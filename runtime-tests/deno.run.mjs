/**
 * DenoReactor in real Deno, without permissions: the conformance kit, and tests of real processes.
 *
 * Run it alone with `node runtime-tests/deno.run.mjs`; `--kit` runs only the conformance kit.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { isKitOnly, takeKit, versionOf } from './conformance/kit-results.mjs';
import { Program, reportOf } from './conformance/process.mjs';
import { denoProcessReport } from './conformance/deno-process.mjs';
import { denoRunTest, denoServeTests } from './conformance/deno-serve-tests.mjs';
import { denoSharedTests } from './conformance/deno-shared-tests.mjs';
import { denoTests } from './conformance/deno-tests.mjs';
import { processTests, runProcessTests } from './conformance/process-tests.mjs';
import { deno, denoServe, lacking } from './conformance/runtimes.mjs';
import { denoWatchTests } from './conformance/watch-tests.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const reason = lacking([deno]);
if (reason !== undefined) leaveOut(reason);

const folder = mkdtempSync(join(tmpdir(), 'triphase-deno-'));
const tally = new Tally();
try {
  const bundled = async (name) => {
    const outfile = join(folder, `${name}.mjs`);
    await bundle({ entry: join(import.meta.dirname, 'conformance', `${name}.entry.mjs`), outfile });
    return outfile;
  };
  const report = await reportOf(deno, await bundled('deno-shim'));
  await takeKit(tally, { title: 'the kit on Deno', runtime: 'Deno', version: versionOf(deno), report });
  if (!isKitOnly) await runDenoTests(bundled);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();

async function runDenoTests(bundled) {
  const turns = await bundled('deno-turns');
  tally.add('turns by microtask', await reportOf(deno, turns));
  const networked = { ...deno, args: [...deno.args, '--allow-net=127.0.0.1'] };
  tally.add('a flooded reactor', await reportOf(networked, turns, 'starvation'));
  await tally.check(
    'D1: deno-shim can be imported without a permission, has all of its exports, and imports nothing of Node',
    async () => {
      const outfile = join(folder, 'names.mjs');
      const source = `import * as all from '@triphase/deno-shim'; console.log(Object.keys(all).sort().join(' '));`;
      await bundle({ source, outfile });
      assert.doesNotMatch(readFileSync(outfile, 'utf8'), /\bnode:|\brequire\(/);
      const { lines, code } = await new Program(deno, outfile).ended;
      const names =
        'DenoReactor ListenError RequestCutError createDenoReactor requestSignal runMain runService serveDeno';
      assert.deepEqual({ lines, code }, { lines: [names], code: 0 });
    },
  );
  const imports = `import { DenoReactor as Reactor, runMain, runService } from '@triphase/deno-shim';`;
  const tests = [...processTests, ...denoTests, ...denoSharedTests, ...denoWatchTests, denoRunTest];
  await runProcessTests(tally, { tests, folder, runtimes: [deno], imports });
  await runProcessTests(tally, { tests: denoServeTests, folder, runtimes: [denoServe], imports });
  tally.add('the process tests of node-reactor', await denoProcessReport(deno, folder));
}
