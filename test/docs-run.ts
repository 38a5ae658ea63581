/** Runs code blocks and examples as real processes. */
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, type Block } from './docs-blocks.ts';
import { runProgram, signalOf, type Ended } from './run-program.ts';

export { PATIENCE, runProgram, type Ended } from './run-program.ts';

/** Bundles a block against the sources of the packages and runs it in Node. */
export async function runInNode(block: Block): Promise<Ended> {
  return withBundle(block, (file) => runProgram(process.execPath, [file], { signal: signalOf(block) }));
}

/** Bundles a block against the sources of the packages, as a program for Node. The file is gone afterwards. */
export async function withBundle<T>(block: Block, use: (file: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const file = join(folder, 'block.mjs');
    await build({
      stdin: { contents: block.code, loader: 'ts', resolveDir: root, sourcefile: block.place },
      tsconfig: join(root, 'tsconfig.test.json'), // Its paths lead to the sources.
      bundle: true,
      platform: 'node',
      format: 'esm',
      // What is CommonJS in the bundle, such as ws, requires modules of Node.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      target: 'node20.19',
      outfile: file,
      logLevel: 'silent', // What is wrong is in the error that it throws.
    });
    return use(file);
  });
}

/** Where nothing may be left out. */
export const inCI = !['', '0', 'false', undefined].includes(process.env.CI);

/** Where `npm run setup` puts Deno. */
export const deno: string = join(root, 'runtime-tests/runtimes/node_modules/@deno/linux-x64-glibc/deno');

/** Checks the types of a block with Deno's own, and runs it there as it stands. */
export async function runInDeno(block: Block): Promise<Ended> {
  return withFolder(async (folder) => {
    const file = join(folder, 'block.ts');
    writeFileSync(file, block.code);
    const flags = [
      'run',
      '--check',
      '--no-prompt',
      '--allow-net',
      '--allow-env=PORT',
      '--quiet',
      '--config',
      join(root, 'deno.json'),
    ];
    return runProgram(deno, [...flags, file], { signal: 'SIGTERM' });
  });
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-docs-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
