/**
 * `npm run soak -- --seconds 20 --seed 7`: bundles soak/ with the sources of the packages, and runs it with these options. soak/README.md
 * describes all options.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command.mjs';
import { root } from './packages.mjs';

const folder = mkdtempSync(join(tmpdir(), 'triphase-soak-'));
try {
  await build({
    entryPoints: ['main', 'signalled-life', 'planned-life'].map((name) => join(root, 'soak', `${name}.ts`)),
    tsconfig: join(root, 'tsconfig.test.json'), // Its `paths` map our packages to their sources.
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  // Without optimizing compilers: the memory that they use keeps growing, which would look like a leak.
  const flags = ['--expose-gc', '--no-opt', '--no-sparkplug', '--enable-source-maps'];
  const args = [...flags, join(folder, 'main.mjs'), ...process.argv.slice(2)];
  const { code } = await run(process.execPath, args, { terminal: true });
  process.exitCode = code;
} finally {
  rmSync(folder, { recursive: true });
}
