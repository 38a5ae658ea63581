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

/** Made from the ESM files, since esbuild only splits ES modules: file by file, with each import of a sibling renamed. */
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
 * Builds a package of `readPackage`. What several entries share goes into one `shared-*` file, so that no class exists twice. Node loads the ES
 * modules by `import` and by `require` (condition `module-sync`); the CommonJS files are for tools that load no ES module. A CommonJS file
 * that an ES module re-exports would be no alternative: its import takes three times as long, as Node reads the whole file for the names it
 * exports (benchmark: P12).
 */
export async function buildPackage(pkg) {
  const { outputs } = (await buildModules(pkg)).metafile;
  const modules = Object.keys(outputs).filter((file) => file.endsWith('.js'));
  const written = new Set(Object.keys(outputs));
  for (const file of Object.keys((await buildCommonJs(pkg, modules)).metafile.outputs)) written.add(file);
  // Files of an earlier build would be published as second copies.
  for (const file of readdirSync(join(pkg.folder, 'dist'), { recursive: true })) {
    if (/\.c?js(\.map)?$/.test(file) && !written.has(`dist/${file}`)) rmSync(join(pkg.folder, 'dist', file));
  }
}
