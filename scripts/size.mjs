/**
 * `npm run size`: what a bundler leaves of each case of size-budgets.json (bytes, minified, gzip -9), against its budget. A case without a
 * budget is only reported. It also fails where a source file is in the bundle that `without` names, and where the built packages weigh
 * more than their sources: something in them cannot be left out. `npm run size -- --why` adds what each source file weighs before gzip.
 * Changing a budget is a commit of its own that says why.
 *
 * Not by size-limit: its `--why` draws a page for a browser, it has no word for a file that must not be there, and from version 13 on it
 * does not run on Node 20.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSize } from './bundle-size.mjs';
import { root } from './packages.mjs';

/** The built packages and their sources may differ by this share: names are chosen differently. */
const TOLERANCE = 0.01;

const why = process.argv.includes('--why');
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'size-budgets.json'), 'utf8'));

let failed = 0;
for (const { name, code, budget, without = [] } of cases) {
  const { size, sourceSize, files } = await bundleSize(code);
  const share = budget === undefined ? 'no budget' : `of ${budget} B (${Math.round((size / budget) * 100)} %)`;
  const faults = [];
  if (size > budget) faults.push(`it is ${size - budget} B over its budget`);
  if (size > sourceSize * (1 + TOLERANCE))
    faults.push(`its sources make ${sourceSize} B: look for static blocks, and constants with calls in them`);
  for (const { file } of files)
    if (without.some((start) => file.startsWith(start))) faults.push(`it contains ${file}, which it does not use`);
  for (const start of without)
    if (!existsSync(join(root, 'packages', start))) faults.push(`there is no ${start} any more: correct its "without"`);
  console.log(`${faults.length > 0 ? 'FAIL ' : 'size '} ${name.padEnd(24)} ${String(size).padStart(6)} B ${share}`);
  for (const fault of faults) console.log(`      ${fault}`);
  for (const { file, bytes } of why ? files : []) console.log(`${String(bytes).padStart(12)}  ${file}`);
  failed += faults.length;
}
process.exitCode = failed === 0 ? 0 : 1;
