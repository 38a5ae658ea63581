/** `npm run docs:runtimes`: runs the conformance kit in every runtime and writes the results into docs/runtimes.md. */
import { join } from 'node:path';
import { readKit, runtimeNames } from '../runtime-tests/conformance/kit-results.mjs';
import { writeMatrix } from '../runtime-tests/conformance/matrix.mjs';
import { run } from './command.mjs';
import { root } from './packages.mjs';

// One at a time: some tests of the kit measure real time.
for (const name of ['node', 'deno', 'workerd', 'chromium', 'firefox', 'webkit']) {
  const stage = join(root, 'runtime-tests', `${name}.run.mjs`);
  const { code } = await run(process.execPath, [stage, '--kit'], { echo: true });
  if (code !== 0) throw new Error(`${name} has failed: the table was not written`);
}
const { output } = await run('git', ['rev-parse', '--short', 'HEAD']);
await writeMatrix(runtimeNames.map(readKit), {
  commit: output.trim(),
  date: new Date().toISOString().slice(0, 10),
  notRun: ['Windows', 'macOS'],
});
