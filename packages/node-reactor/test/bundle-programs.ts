import { build } from 'esbuild';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** Bundles each program, with the sources of our packages, into one `.mjs` file that runs on any runtime without a build. */
export async function bundlePrograms(programs: Readonly<Record<string, string>>, outdir: string): Promise<void> {
  await build({
    entryPoints: { ...programs },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    tsconfig: join(root, 'tsconfig.test.json'), // Its paths lead to the sources.
    logLevel: 'warning',
  });
}
