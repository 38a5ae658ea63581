/**
 * `npm run size`: what a bundler leaves of each case of size-budgets.json (bytes, minified, gzip -9), against its budget; for a case that
 * `installs` a package, its files and those of all that it needs (bytes on the disk). A case with a `condition` is bundled as for that host.
 * A case without a budget is only reported. It also fails where a source file is in the bundle that `without` names, and where the built
 * packages weigh more than their sources: something in them cannot be left out. `npm run size -- --why` adds what each source file weighs
 * before gzip, and each package that is installed. `npm run size -- --write` writes the table on docs/performance.md. Changing a budget is a
 * commit of its own that says why.
 *
 * Not by size-limit: its `--why` draws a page for a browser, it has no word for a file that must not be there, and from version 13 on it
 * does not run on Node 20.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { bundleSize } from './bundle-size.mjs';
import { run } from './command.mjs';
import { installedSize } from './installed-size.mjs';
import { root } from './packages.mjs';

/** The built packages and their sources may differ by this share: names are chosen differently. */
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
  const page = readFileSync(file, 'utf8');
  const marked = page.replace(/(?<=<!-- sizes -->\n)[^]*(?=<!-- \/sizes -->)/, () => `${text}\n`);
  if (!page.includes('<!-- sizes -->')) throw new Error(`${file} has no place marked <!-- sizes -->`);
  writeFileSync(file, await format(marked, { ...(await resolveConfig(file)), filepath: file }));
}
