/** `npm run build`: builds all packages at the same time, the declarations with `tsc -b` and the code with esbuild. */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from './build-package.mjs';
import { runTool, seconds } from './command.mjs';
import { readPackages } from './packages.mjs';

/** Removes the declarations of deleted sources, which `tsc -b` leaves in place. */
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
  // Also after an error, since `tsc` has written declarations anyway.
  packages.forEach(copyDeclarationsForCommonJs);
  if (code !== 0) throw new Error(output.trim());
}

/**
 * Copies each `.d.ts` to a `.d.cts`. Our packages are ES modules, so a `.d.ts` describes an ES module, and TypeScript before 5.8 doesn't let a
 * program `require` that.
 */
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
