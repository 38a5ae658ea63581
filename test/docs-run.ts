/** Runs code blocks and examples as real processes. */
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, type Block } from './docs-blocks.ts';
import { runProgram, signalOf, type Ended } from './run-program.ts';

export { PATIENCE, runProgram, type Ended } from './run-program.ts';

/** Bundles a block with the sources of the packages, and runs it in Node. */
export async function runInNode(block: Block): Promise<Ended> {
  return withBundle(block, (file) => runProgram(process.execPath, [file], { signal: signalOf(block) }));
}

/** Bundles a block with the sources of the packages, as a program for Node. The file is removed once `use` has settled. */
export async function withBundle<T>(block: Block, use: (file: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const file = join(folder, 'block.mjs');
    await build({
      stdin: { contents: block.code, loader: 'ts', resolveDir: root, sourcefile: block.place },
      tsconfig: join(root, 'tsconfig.test.json'), // Its paths lead to the sources.
      bundle: true,
      platform: 'node',
      format: 'esm',
      // CommonJS packages in the bundle, such as ws, call `require` for modules of Node.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      target: 'node20.19',
      outfile: file,
      logLevel: 'silent', // The error that it throws says what is wrong.
    });
    return use(file);
  });
}

/** In continuous integration no test may be left out. */
export const inCI = !['', '0', 'false', undefined].includes(process.env.CI);

/** The path of the Deno that `npm run setup` installs. */
export const deno: string = join(root, 'runtime-tests/runtimes/node_modules/@deno/linux-x64-glibc/deno');

/** Checks the types of a block with Deno's types, and runs it in Deno without changes. */
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
