/**
 * `npm run size`: compares the size of each case of size-budgets.json with its budget. A case with `code` is the bundle of this code (bytes,
 * minified, gzip -9), for one host if it has a `condition`. A case with `installs` is a package with its dependencies (bytes on the disk). A case
 * without a budget is only printed. The script also fails if a bundle contains a source file that `without` names, or if the built packages are
 * larger than their sources: then a bundler can't remove some unused code.
 *
 * `--why` also prints the size of each source file before gzip, or of each installed package. `--write` writes the table in docs/performance.md.
 * To change a budget, make a separate commit that says why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleSize } from './bundle-size.mjs';
import { currentCommit } from './command.mjs';
import { installedSize } from './installed-size.mjs';
import { root } from './packages.mjs';
import { markdownTable, writeSection } from './page-section.mjs';

/** Built packages may be larger than their sources by this share: esbuild chooses different short names. */
const TOLERANCE = 0.01;

const { why, write: shouldWrite } = parseArgs({
  options: { why: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
}).values;
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'size-budgets.json'), 'utf8'));

/** Returns `{ size, faults, parts }`; `faults` are messages. */
async function measureBundle({ code, condition, without = [] }) {
  const { size, sourceSize, files } = await bundleSize(code, condition);
  const faults = [];
  if (size > sourceSize * (1 + TOLERANCE))
    faults.push(
      `with our sources it has ${sourceSize} B: look for static blocks, and for constants whose value is a call`,
    );
  for (const { file } of files)
    if (without.some((start) => file.startsWith(start))) faults.push(`it contains ${file}, which it doesn't use`);
  for (const start of without)
    if (!existsSync(join(root, 'packages', start))) faults.push(`${start} doesn't exist: correct its "without"`);
  return { size, faults, parts: files.map(({ file, bytes }) => ({ name: file, bytes })) };
}

const measureInstalled = async ({ installs }) => ({ ...(await installedSize(installs)), faults: [] });

const sizes = [];
let failed = 0;
for (const one of cases) {
  const { name, budget, installs } = one;
  const { size, faults, parts } = await (installs === undefined ? measureBundle(one) : measureInstalled(one));
  if (size > budget) faults.unshift(`it is ${size - budget} B over its budget`);
  const share = budget === undefined ? 'no budget' : `of ${budget} B (${Math.round((size / budget) * 100)} %)`;
  console.log(`${faults.length > 0 ? 'FAIL ' : 'size '} ${name.padEnd(24)} ${String(size).padStart(7)} B ${share}`);
  for (const fault of faults) console.log(`      ${fault}`);
  for (const part of why ? parts : []) console.log(`${String(part.bytes).padStart(13)}  ${part.name}`);
  sizes.push({ name, size, budget, installs });
  failed += faults.length;
}
if (shouldWrite && failed === 0) await writeTable();
process.exitCode = failed === 0 ? 0 : 1;

async function writeTable() {
  const file = join(root, 'docs', 'performance.md');
  const kilobytes = (bytes) => (bytes === undefined ? '' : `${(bytes / 1_000).toFixed(1)} kB`);
  const table = (rows) =>
    markdownTable([
      ['what', 'size', 'budget'],
      ...rows.map(({ name, size, budget }) => [`\`${name}\``, kilobytes(size), kilobytes(budget)]),
    ]);
  const text = `
Written by \`npm run size -- --write\` on ${new Date().toISOString().slice(0, 10)}, commit ${currentCommit()}. Bundles, minified, gzip -9:

${table(sizes.filter(({ installs }) => installs === undefined))}

On the disk, by \`npm install\`, with sources, source maps and all packages that it needs:

${table(sizes.filter(({ installs }) => installs !== undefined))}
`;
  await writeSection(file, 'sizes', text);
}
