/**
 * `npm run build`: declarations by `tsc -b`, code by esbuild. Each published entry becomes one file as ESM and one as
 * CommonJS; what several entries of a package share goes into one `shared-*` file, so that no class exists twice. In Node,
 * `import` gets a file that re-exports the CommonJS one by name: one copy of every class however it is loaded.
 */
import { build } from 'esbuild';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, seconds } from './command.mjs';
import { readPackages } from './packages.mjs';

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

async function buildPackage(pkg) {
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

/** `tsc -b` leaves the declarations of a source that is gone. */
function removeStaleDeclarations(pkg) {
  const dist = join(pkg.folder, 'dist');
  for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true }) : []) {
    const source = /^(.+)\.d\.c?ts(\.map)?$/.exec(file)?.[1];
    if (source && !existsSync(join(pkg.folder, 'src', `${source}.ts`))) rmSync(join(dist, file));
  }
}

async function buildDeclarations(packages) {
  packages.forEach(removeStaleDeclarations);
  const { code, output } = await runTool('tsc', ['-b']);
  if (code !== 0) throw new Error(output.trim());
  packages.forEach(copyDeclarationsForCommonJs);
}

/** A `.d.ts` of a package of ESM describes ESM: TypeScript before 5.8 refuses to `require` what it describes. */
function copyDeclarationsForCommonJs(pkg) {
  const dist = join(pkg.folder, 'dist');
  for (const file of readdirSync(dist, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const copy = readFileSync(join(dist, file), 'utf8')
      .replace(/(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.cts$2')
      .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    writeFileSync(join(dist, file.replace(/\.d\.ts$/, '.d.cts')), copy);
  }
}

const since = performance.now();
const packages = readPackages();
const results = await Promise.allSettled([buildDeclarations(packages), ...packages.map(buildPackage)]);
const failures = results.filter((result) => result.status === 'rejected');
for (const { reason } of failures) console.error(reason.message);
console.log(
  failures.length === 0
    ? `build: ${packages.length} packages in ${seconds(since)}`
    : `build: failed (${failures.length} of ${results.length} steps)`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
