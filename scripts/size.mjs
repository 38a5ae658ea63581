/**
 * `npm run size`: compares the bundle size of each case of size-budgets.json (bytes, minified, gzip -9) with its budget. A case without a budget
 * is only printed. It also fails if the bundle contains a source file that `without` names, or if the built packages are larger than their
 * sources: then something in them can't be left out. `npm run size -- --why` also prints the size of each source file before gzip. To change a
 * budget, make a separate commit that says why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSize } from './bundle-size.mjs';
import { root } from './packages.mjs';

/** Built packages may be larger than their sources by this share: esbuild chooses other names. */
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
