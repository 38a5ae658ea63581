/** The code of one package: each published entry as one ESM file and one CommonJS file, by esbuild. */
import { build } from 'esbuild';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = {
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
  sourcesContent: false, // `src` is published, so the maps need not repeat it.
  metafile: true,
  logLevel: 'warning',
};

/** Bare specifiers stay as they are: other packages and Node's modules are never copied in. */
const buildModules = (pkg) =>
  build({
    ...shared,
    absWorkingDir: pkg.folder,
    entryPoints: [...new Set([...pkg.esm, ...pkg.cjs])].map((stem) => `src/${stem}.ts`),
    outdir: 'dist',
    outbase: 'src',
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    packages: 'external',
  });

/** From the ESM files, since esbuild splits only those: file by file, with each import of a sibling renamed. */
const buildCommonJs = (pkg, modules) =>
  build({
    ...shared,
    absWorkingDir: pkg.folder,
    entryPoints: modules,
    outdir: 'dist',
    outbase: 'dist',
    format: 'cjs',
    platform: 'node', // Lists the exported names in a form that Node's import of CommonJS can read.
    outExtension: { '.js': '.cjs' },
    plugins: [
      {
        name: 'siblings-as-cjs',
        setup: (esbuild) => {
          esbuild.onResolve({ filter: /./ }, ({ kind, path }) =>
            kind === 'entry-point'
              ? undefined
              : { path: path.startsWith('.') ? path.replace(/\.js$/, '.cjs') : path, external: true },
          );
        },
      },
    ],
  });

/** The text of Node's ESM entry. Names that come by `export *` of another package are left to that package. */
function wrapperOf(pkg, stem, names) {
  const code = readFileSync(join(pkg.folder, 'dist', `${stem}.js`), 'utf8');
  const stars = [...code.matchAll(/^export \* from "([^"]+)";$/gm)].map(([, from]) => `export * from '${from}';`);
  const named = names.length > 0 ? [`export { ${names.join(', ')} } from './${stem}.cjs';`] : [];
  return [...stars, ...named, ''].join('\n');
}

/**
 * What several entries share goes into one `shared-*` file, so that no class exists twice. In Node, `import` gets a file that
 * re-exports the CommonJS one by name: one copy of every class however it is loaded. `pkg` is of `readPackage`.
 */
export async function buildPackage(pkg) {
  for (const wrapper of pkg.wrappers.keys()) {
    if (!existsSync(join(pkg.folder, 'src', `${wrapper}.ts`))) continue;
    throw new Error(`${pkg.name}: dist/${wrapper}.js is Node's entry, so src/${wrapper}.ts needs another name`);
  }
  const { outputs } = (await buildModules(pkg)).metafile;
  const modules = Object.keys(outputs).filter((file) => file.endsWith('.js'));
  const written = new Set(Object.keys(outputs));
  for (const file of Object.keys((await buildCommonJs(pkg, modules)).metafile.outputs)) written.add(file);
  for (const [wrapper, stem] of pkg.wrappers) {
    writeFileSync(join(pkg.folder, 'dist', `${wrapper}.js`), wrapperOf(pkg, stem, outputs[`dist/${stem}.js`].exports));
    written.add(`dist/${wrapper}.js`);
  }
  // What an earlier build left: published, it would be a second copy of something.
  for (const file of readdirSync(join(pkg.folder, 'dist'), { recursive: true })) {
    if (/\.c?js(\.map)?$/.test(file) && !written.has(`dist/${file}`)) rmSync(join(pkg.folder, 'dist', file));
  }
}
