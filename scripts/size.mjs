/**
 * `npm run size`: compares the bundle size of each case of size-budgets.json (bytes, minified, gzip -9) with its budget; of a case that
 * `installs` a package, the size of its files and of all that it needs (bytes on the disk). A case with a `condition` is bundled for that host.
 * A case without a budget is only printed. It also fails if the bundle contains a source file that `without` names, or if the built packages
 * are larger than their sources: then something in them can't be left out. `npm run size -- --why` also prints the size of each source file
 * before gzip, and of each package that is installed. `npm run size -- --write` writes the table in docs/performance.md. To change a budget,
 * make a separate commit that says why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSize } from './bundle-size.mjs';
import { run } from './command.mjs';
import { installedSize } from './installed-size.mjs';
import { root } from './packages.mjs';
import { writeSection } from './page-section.mjs';

/** Built packages may be larger than their sources by this share: esbuild chooses other names. */
const TOLERANCE = 0.01;

const why = process.argv.includes('--why');
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'size-budgets.json'), 'utf8'));

async function measureBundle({ code, condition, without = [] }) {
  const { size, sourceSize, files } = await bundleSize(code, condition);
  const faults = [];
  if (size > sourceSize * (1 + TOLERANCE))
    faults.push(`its sources make ${sourceSize} B: look for static blocks, and constants with calls in them`);
  for (const { file } of files)
    if (without.some((start) => file.startsWith(start))) faults.push(`it contains ${file}, which it does not use`);
  for (const start of without)
    if (!existsSync(join(root, 'packages', start))) faults.push(`there is no ${start} any more: correct its "without"`);
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
if (process.argv.includes('--write') && failed === 0) await write();
process.exitCode = failed === 0 ? 0 : 1;

async function write() {
  const file = join(root, 'docs', 'performance.md');
  const { output } = await run('git', ['rev-parse', '--short', 'HEAD']);
  const kilobytes = (bytes) => (bytes === undefined ? '' : `${(bytes / 1_000).toFixed(1)} kB`);
  const table = (rows) =>
    [
      '| what | size | budget |',
      '| --- | --- | --- |',
      ...rows.map(({ name, size, budget }) => `| \`${name}\` | ${kilobytes(size)} | ${kilobytes(budget)} |`),
    ].join('\n');
  const text = `
Written by \`npm run size -- --write\` on ${new Date().toISOString().slice(0, 10)}, commit ${output.trim()}. Bundles, minified, gzip -9:

${table(sizes.filter(({ installs }) => installs === undefined))}

On the disk, by \`npm install\`, with sources, source maps and all packages that it needs:

${table(sizes.filter(({ installs }) => installs !== undefined))}
`;
  await writeSection(file, 'sizes', text);
}
