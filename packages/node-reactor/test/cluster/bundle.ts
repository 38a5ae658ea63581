import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', '..', '..');

/** The programs of the tests with the sources of our packages, in a folder of their own until it is disposed. */
export class Bundle implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'triphase-cluster-'));

  async build(): Promise<this> {
    await build({
      entryPoints: ['primary', 'worker'].map((name) => join(import.meta.dirname, 'programs', `${name}.ts`)),
      outdir: this.folder,
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
    return this;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
