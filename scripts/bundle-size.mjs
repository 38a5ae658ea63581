/**
 * The size of a bundle of code that imports our packages: with the built packages, as programs get them, and with their sources, which show
 * what is in it.
 */
import { build } from 'esbuild';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readPackages, root } from './packages.mjs';

const packages = readPackages();
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

/** The source of `triphase` on a host, and how a bundler finds it in the built package. `default`: on a host without a condition of its own. */
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
 * Returns `{ size, sourceSize, files }`: bytes, minified, gzip -9, with the built packages and with their sources; and the bytes of each source
 * file before gzip. `condition`: that of a host, for `triphase`. The two sizes differ if something in a built file can't be left out, such as a
 * class with a static block or a constant with a call in it.
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
