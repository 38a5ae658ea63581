/**
 * `npm run size`: what a bundler leaves of each case of size-budgets.json (bytes, minified, gzip -9), against its budget. A
 * case without a budget is only reported. `npm run size -- --why` adds what each source file weighs before gzip. Changing a
 * budget is a commit of its own that says why.
 */
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readPackages, root } from './packages.mjs';

const why = process.argv.includes('--why');
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'size-budgets.json'), 'utf8'));
const alias = Object.fromEntries(readPackages().map((pkg) => [pkg.name, join(pkg.folder, 'src', 'index.ts')]));

async function measure(code) {
  const result = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['node:*'],
    alias,
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const [output] = Object.values(result.metafile.outputs);
  const files = Object.entries(output.inputs).map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }));
  return {
    size: gzipSync(result.outputFiles[0].contents, { level: 9 }).length,
    files: files.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
  };
}

let failed = 0;
for (const { name, code, budget } of cases) {
  const { size, files } = await measure(code);
  const over = budget !== undefined && size > budget;
  if (over) failed += 1;
  const share = budget === undefined ? 'no budget' : `of ${budget} B (${Math.round((size / budget) * 100)} %)`;
  console.log(`${over ? 'OVER ' : 'size '} ${name.padEnd(24)} ${String(size).padStart(6)} B ${share}`);
  for (const { file, bytes } of why ? files : []) console.log(`${String(bytes).padStart(12)}  ${file}`);
}
process.exitCode = failed === 0 ? 0 : 1;
