/** Builds the code of one package with esbuild: each published entry as one ESM file and one CommonJS file. `build.mjs` calls it. */
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const shared = {
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
  sourcesContent: false, // `src` is published too, so the maps don't have to contain it.
  metafile: true,
  logLevel: 'warning',
};

/** The ESM files. Imports of other packages and of Node's modules stay imports: their code is never copied in. */
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

/**
 * The CommonJS files. esbuild splits only ES modules into shared files, so each ESM file is translated on its own, and its imports of the other
 * files get the extension `.cjs`.
 */
const buildCommonJs = (pkg, modules) =>
  build({
    ...shared,
    absWorkingDir: pkg.folder,
    entryPoints: modules,
    outdir: 'dist',
    outbase: 'dist',
    format: 'cjs',
    // Only the code for hot reload on Bun uses `import.meta`, and Bun loads the ES modules (D9).
    logOverride: { 'empty-import-meta': 'silent' },
    platform: 'node', // Lists the exported names in a form that Node can read when an ES module imports the file.
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
 * Builds a package that `readPackage` has read. Code that several entries share goes into one `shared-*` file, so that no class exists twice.
 *
 * Node loads the ES modules, by `import` and by `require` (condition `module-sync`). The CommonJS files are for tools that can't load ES modules.
 * ES modules that re-export CommonJS files would be smaller in total, but their import takes three times as long: Node reads the whole file to
 * find the names it exports (benchmark: P12).
 */
export async function buildPackage(pkg) {
  const { outputs } = (await buildModules(pkg)).metafile;
  const modules = Object.keys(outputs).filter((file) => file.endsWith('.js'));
  const written = new Set(Object.keys(outputs));
  for (const file of Object.keys((await buildCommonJs(pkg, modules)).metafile.outputs)) written.add(file);
  // Removes the files of earlier builds: they would be published too.
  for (const file of readdirSync(join(pkg.folder, 'dist'), { recursive: true })) {
    if (/\.c?js(\.map)?$/.test(file) && !written.has(`dist/${file}`)) rmSync(join(pkg.folder, 'dist', file));
  }
}
