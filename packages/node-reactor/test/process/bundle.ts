import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', '..', '..');

/** The programs of the tests, in a folder of their own, until it is disposed: each file runs on any runtime. */
export interface Bundles extends AsyncDisposable {
  readonly folder: string;
}

/** Bundles the programs with the sources of our packages; `copy-a` and `copy-b` hold a copy of the package each (N6). */
export async function bundlePrograms(programs: string): Promise<Bundles> {
  const folder = await mkdtemp(join(tmpdir(), 'triphase-life-'));
  await build({
    entryPoints: {
      main: join(programs, 'main.ts'),
      'copy-a': join(programs, 'copy.ts'),
      'copy-b': join(programs, 'copy.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    tsconfigRaw: '{}',
    logLevel: 'warning',
    plugins: [
      {
        name: 'own sources',
        setup({ onResolve }) {
          onResolve({ filter: /^@triphase\// }, ({ path }) => {
            const [, name = '', entry = 'index'] = path.split('/');
            return { path: join(packages, name, 'src', `${entry}.ts`) };
          });
        },
      },
    ],
  });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
