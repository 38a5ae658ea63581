import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');

export const FRAMEWORKS = ['express', 'fastify', 'koa', 'hono', 'nest'] as const;
type Framework = (typeof FRAMEWORKS)[number];

/** The lines that each program prints when it stops: the hooks of its framework run while the database is still open. */
export const CLOSING_LINES: Readonly<Record<Framework, readonly string[]>> = {
  express: ['database closed'],
  fastify: ['fastify closed', 'database closed'],
  koa: ['database closed'],
  hono: ['database closed'],
  nest: ['module destroyed', 'database closed'],
};

/** Those lines in the output of a program. */
export function closingLines(stdout: string): string[] {
  const expected = new Set(Object.values(CLOSING_LINES).flat());
  return stdout.split('\n').filter((line) => expected.has(line));
}

/** The programs in a folder of this example, bundled with the sources of our packages. Disposing removes the bundles. */
export class Bundles implements AsyncDisposable {
  readonly #folder: string;

  private constructor(outdir: string) {
    this.#folder = outdir;
  }

  static async of(programs: 'src' | 'test/programs'): Promise<Bundles> {
    // In the folder of this example, because Node must find the frameworks, which are not bundled.
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
      tsconfig: join(folder, '..', '..', 'tsconfig.test.json'), // resolves our packages to their sources
      logLevel: 'warning',
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
