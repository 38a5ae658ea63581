import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');
const packages = join(folder, '..', '..', 'packages');

export const FRAMEWORKS = ['express', 'fastify', 'koa', 'hono', 'nest'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** The programs in a folder below this example, bundled with the sources of our packages, until they are disposed. */
export class Bundles implements AsyncDisposable {
  readonly #folder: string;

  private constructor(outdir: string) {
    this.#folder = outdir;
  }

  static async of(programs: 'src' | 'test/programs'): Promise<Bundles> {
    // In this example's folder: the frameworks are not bundled, Node has to find them.
    const outdir = join(folder, 'dist', `test-${process.pid}-${programs.replace('/', '-')}`);
    await build({
      entryPoints: FRAMEWORKS.map((framework) => join(folder, programs, `${framework}.ts`)),
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      target: 'node20.19',
      platform: 'node',
      packages: 'external',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
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
    return new Bundles(outdir);
  }

  command(framework: Framework): readonly string[] {
    return [process.execPath, join(this.#folder, `${framework}.mjs`)];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
