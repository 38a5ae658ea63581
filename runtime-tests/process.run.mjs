/**
 * The process tests of node-reactor on the other versions of Node that we support and on Bun; jest runs them on this Node.
 *
 * Run it alone with `node runtime-tests/process.run.mjs`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../scripts/packages.mjs';
import { bundle } from './conformance/bundle.mjs';
import { bun, lacking, nodes } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const runtimes = [...nodes.slice(1), bun];
const reason = lacking(runtimes);
if (reason !== undefined) leaveOut(reason);

const tests = join(root, 'packages', 'node-reactor', 'test');
const folder = mkdtempSync(join(tmpdir(), 'triphase-process-'));
const tally = new Tally();
try {
  // The same bundles as those of test/process/bundle.ts: the programs, and two copies of the package.
  for (const [name, entry] of Object.entries({ main: 'main', 'copy-a': 'copy', 'copy-b': 'copy' })) {
    await bundle({ entry: join(tests, 'programs', `${entry}.ts`), outfile: join(folder, `${name}.mjs`) });
  }
  const suite = join(folder, 'suite.mjs');
  await bundle({
    source: `
      export { processTests } from ${JSON.stringify(join(tests, 'process', 'index.ts'))};
      export { runTests } from './run-tests.mjs';`,
    outfile: suite,
  });
  const { processTests, runTests } = await import(pathToFileURL(suite).href);
  for (const { name, program } of runtimes) {
    const report = await runTests((runner) => processTests(runner, { name, program }, () => folder));
    tally.add(`the process tests on ${name}`, report);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
