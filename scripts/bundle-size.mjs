/**
 * Bundles code that imports our packages and measures the bundle, twice: with the built packages, as programs get them, and with our sources,
 * which shows how much of the bundle comes from each file. `size.mjs` and the benchmark of sizes (P13) use it.
 */
import { build } from 'esbuild';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readPackages, root } from './packages.mjs';

const packages = readPackages();
/** The source file of each specifier, such as `@triphase/core`. */
const sources = Object.fromEntries(
  packages.flatMap(({ name, folder, esm }) =>
    esm.map((stem) => [stem === 'index' ? name : `${name}/${stem}`, join(folder, 'src', `${stem}.ts`)]),
  ),
);

const bundle = async (code, options) => {
  const result = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['node:*'],
    write: false,
    metafile: true,
    logLevel: 'warning',
    ...options,
  });
  const [output] = Object.values(result.metafile.outputs);
  return { size: gzipSync(result.outputFiles[0].contents, { level: 9 }).length, inputs: output.inputs };
};

/**
 * The options of esbuild for `triphase` on one host. `alias` replaces our packages by their source files, and `triphase` by that of this host.
 * `conditions` selects its built file. `condition`: a key of the package's `exports`, or `default` for a host that has no key.
 */
function onHost(condition) {
  const { manifest, folder, name } = packages.find((pkg) => pkg.name === 'triphase');
  const map = manifest.exports['.'];
  let target = map[condition];
  while (typeof target === 'object') target = target.default;
  if (typeof target !== 'string') throw new Error(`triphase has no condition ${condition}`);
  const alias = { ...sources, [name]: join(folder, target.replace('./dist/', 'src/').replace(/\.js$/, '.ts')) };
  return { alias, conditions: condition === 'default' ? [] : [condition] };
}

/**
 * Returns `{ size, sourceSize, files }`. `size` and `sourceSize` are bytes, minified, gzip -9, with the built packages and with our sources.
 * `files` has the bytes of each source file before gzip. `condition`: selects the host of `triphase`, see {@link onHost}.
 *
 * `size` is larger than `sourceSize` if a bundler can't remove unused code from a built file, such as a class with a static block, or a constant
 * whose value is a call.
 */
export async function bundleSize(code, condition) {
  const { alias, conditions } = condition === undefined ? { alias: sources } : onHost(condition);
  const options = conditions === undefined ? {} : { conditions };
  const [built, source] = await Promise.all([bundle(code, options), bundle(code, { ...options, alias })]);
  const files = Object.entries(source.inputs).map(([file, { bytesInOutput }]) => ({
    file: relative(join(root, 'packages'), join(root, file)),
    bytes: bytesInOutput,
  }));
  return {
    size: built.size,
    sourceSize: source.size,
    files: files.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
  };
}
