/** The code of one package: each published entry as one ESM file and one CommonJS file, by esbuild. */
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';
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
    // Only the hot reload of Bun asks for it, which loads the ES modules (D9).
    logOverride: { 'empty-import-meta': 'silent' },
    platform: 'node', // Lists the exported names in a form that an import of CommonJS can read.
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

/**
 * What several entries share goes into one `shared-*` file, so that no class exists twice. Node takes the ES modules by `import` and by `require`
 * (condition `module-sync`), so there is one copy of every class however it is loaded; the CommonJS files are for tools that
 * load no ES module. An ES module that re-exports a CommonJS one would cost three times as much to import: Node reads the
 * whole of that for the names it exports (benchmark: P12). `pkg` is of `readPackage`.
 */
export async function buildPackage(pkg) {
  const { outputs } = (await buildModules(pkg)).metafile;
  const modules = Object.keys(outputs).filter((file) => file.endsWith('.js'));
  const written = new Set(Object.keys(outputs));
  for (const file of Object.keys((await buildCommonJs(pkg, modules)).metafile.outputs)) written.add(file);
  // What an earlier build left: published, it would be a second copy of something.
  for (const file of readdirSync(join(pkg.folder, 'dist'), { recursive: true })) {
    if (/\.c?js(\.map)?$/.test(file) && !written.has(`dist/${file}`)) rmSync(join(pkg.folder, 'dist', file));
  }
}
