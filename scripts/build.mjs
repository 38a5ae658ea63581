/** `npm run build`: declarations by `tsc -b`, code by esbuild, for every package at once. */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from './build-package.mjs';
import { runTool, seconds } from './command.mjs';
import { readPackages } from './packages.mjs';

/** `tsc -b` doesn't remove the declarations of a deleted source. */
function removeStaleDeclarations(pkg) {
  const dist = join(pkg.folder, 'dist');
  for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true }) : []) {
    const source = /^(.+)\.d\.c?ts(\.map)?$/.exec(file)?.[1];
    if (source && !existsSync(join(pkg.folder, 'src', `${source}.ts`))) rmSync(join(dist, file));
  }
}

async function buildDeclarations(packages) {
  packages.forEach(removeStaleDeclarations);
  const { code, output } = await runTool('tsc', ['-b']);
  // Also after an error: `tsc` has written declarations all the same.
  packages.forEach(copyDeclarationsForCommonJs);
  if (code !== 0) throw new Error(output.trim());
}

/** In a package of ES modules a `.d.ts` describes an ES module, which TypeScript before 5.8 refuses to `require`. */
function copyDeclarationsForCommonJs(pkg) {
  const dist = join(pkg.folder, 'dist');
  for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true }) : []) {
    if (!file.endsWith('.d.ts')) continue;
    const copy = readFileSync(join(dist, file), 'utf8')
      .replace(/(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.cts$2')
      .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    writeFileSync(join(dist, file.replace(/\.d\.ts$/, '.d.cts')), copy);
  }
}

const since = performance.now();
const packages = readPackages();
const results = await Promise.allSettled([buildDeclarations(packages), ...packages.map(buildPackage)]);
const failures = results.filter((result) => result.status === 'rejected');
for (const { reason } of failures) console.error(reason.message);
console.log(
  failures.length === 0
    ? `build: ${packages.length} packages in ${seconds(since)}`
    : `build: failed (${failures.length} of ${results.length} steps)`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
