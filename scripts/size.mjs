/**
 * `npm run size`: what a bundler leaves of each case of size-budgets.json (bytes, minified, gzip -9), against its budget. A
 * case without a budget is only reported. `npm run size -- --why` adds what each source file weighs before gzip. Changing a
 * budget is a commit of its own that says why.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSize } from './bundle-size.mjs';

const why = process.argv.includes('--why');
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'size-budgets.json'), 'utf8'));

let failed = 0;
for (const { name, code, budget } of cases) {
  const { size, files } = await bundleSize(code);
  const over = budget !== undefined && size > budget;
  if (over) failed += 1;
  const share = budget === undefined ? 'no budget' : `of ${budget} B (${Math.round((size / budget) * 100)} %)`;
  console.log(`${over ? 'OVER ' : 'size '} ${name.padEnd(24)} ${String(size).padStart(6)} B ${share}`);
  for (const { file, bytes } of why ? files : []) console.log(`${String(bytes).padStart(12)}  ${file}`);
}
process.exitCode = failed === 0 ? 0 : 1;
