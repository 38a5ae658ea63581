/** What a bundler leaves of a piece of code that imports our packages, from their sources. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readPackages, root } from './packages.mjs';

const alias = Object.fromEntries(readPackages().map((pkg) => [pkg.name, join(pkg.folder, 'src', 'index.ts')]));

/** `{ size, files }`: bytes, minified, gzip -9; and what each source file weighs before gzip. */
export async function bundleSize(code) {
  const result = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['node:*'],
    alias,
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const [output] = Object.values(result.metafile.outputs);
  const files = Object.entries(output.inputs).map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }));
  return {
    size: gzipSync(result.outputFiles[0].contents, { level: 9 }).length,
    files: files.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
  };
}
