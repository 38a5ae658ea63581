/** `npm run docs:browser`: runs the tests of pages in every engine and writes the results into the table of docs/browser.md. */
import { join } from 'node:path';
import { readResults } from '../runtime-tests/page/results.mjs';
import { writeTable } from '../runtime-tests/page/table.mjs';
import { run } from './command.mjs';
import { root } from './packages.mjs';

const engines = ['Chromium', 'Firefox', 'WebKit'];

for (const engine of engines) {
  const stage = join(root, 'runtime-tests', `${engine.toLowerCase()}.run.mjs`);
  const { code } = await run(process.execPath, [stage, '--write'], { echo: true });
  if (code !== 0) throw new Error(`the tests in ${engine} failed, so the table was not written`);
}
await writeTable(engines.map(readResults));
