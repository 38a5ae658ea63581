/** `npm run docs:runtimes`: runs the conformance kit in every runtime and writes the results into the table of docs/runtimes.md. */
import { join } from 'node:path';
import { readKit, runtimeNames } from '../runtime-tests/conformance/kit-results.mjs';
import { writeMatrix } from '../runtime-tests/conformance/matrix.mjs';
import { currentCommit, run } from './command.mjs';
import { root } from './packages.mjs';

// One runtime at a time: some tests of the kit measure real time.
for (const name of ['node', 'deno', 'workerd', 'chromium', 'firefox', 'webkit']) {
  const stage = join(root, 'runtime-tests', `${name}.run.mjs`);
  const { code } = await run(process.execPath, [stage, '--kit'], { echo: true });
  if (code !== 0) throw new Error(`the kit failed on ${name}, so the table was not written`);
}
await writeMatrix(runtimeNames.map(readKit), {
  commit: currentCommit(),
  date: new Date().toISOString().slice(0, 10),
  notRun: ['Windows', 'macOS'],
});
