/**
 * The tarballs of the packages, installed in a project of their own and loaded as users load them: by `import` and `require` on Node, Deno and Bun,
 * in bundles, by TypeScript, jest and vitest. The tools come from this repository.
 *
 * Run it alone with `node runtime-tests/packed.run.mjs`, after `npm run build`.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inCI, run, runTool } from '../scripts/command.mjs';
import { readPackages } from '../scripts/packages.mjs';
import { checkBuilt, installPacked, linkModule } from '../scripts/packed-project.mjs';
import { bun, deno, nodes } from './conformance/runtimes.mjs';

const tools = ['@jest/globals', '@types/node', 'jest', 'ts-jest', 'typescript', 'vitest'];
const packages = readPackages();
const specifiers = packages.flatMap((pkg) => pkg.entries.map(({ specifier }) => specifier));

const specifiersOf = (host) => specifiers.filter((specifier) => host !== 'Deno' || specifier !== 'triphase');

async function makeProject(folder) {
  await installPacked(folder);
  for (const tool of tools) linkModule(folder, tool);
  // The tsconfig.json is for editors, and resolves the packages to their sources.
  const filter = (source) => !source.endsWith('tsconfig.json');
  cpSync(join(import.meta.dirname, 'packed'), folder, { recursive: true, filter });
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n');
}

/** Compiles files with a config of their own, which is strict and checks our declarations too. */
function compile(folder, { name, options, files, oldest = false }) {
  const config = join(folder, `tsconfig.${name}.json`);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', skipLibCheck: false, ...options };
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  return oldest
    ? run(process.execPath, [join(oldestTypeScript, 'bin', 'tsc'), '-p', config], { cwd: folder })
    : runTool('tsc', ['-p', config], { cwd: folder });
}

/** The oldest TypeScript that can read our declarations: 5.2 is the first version with `Disposable`. */
const oldestTypeScript = join(import.meta.dirname, 'tools', 'node_modules', 'typescript-oldest');

const hosts = [
  { name: 'this Node', reactor: 'NodeReactor', command: [process.execPath] },
  ...nodes.slice(1).map(({ name, program }) => ({ name, reactor: 'NodeReactor', command: [program] })),
  {
    name: 'Deno',
    reactor: 'DenoReactor',
    command: [deno.program, ...deno.args, '--allow-all', '--node-modules-dir=manual'],
  },
  { name: 'Bun', reactor: 'NodeReactor', command: [bun.program] },
];

const withNode = { lib: ['es2022', 'esnext.disposable'], types: ['node'] };
const withDom = { lib: ['es2022', 'esnext.disposable', 'dom'], types: [] };
const withBoth = { lib: ['es2022', 'esnext.disposable', 'dom'], types: ['node'] };
const withNeither = { lib: ['es2022', 'esnext.disposable'], types: [] };

/** The packages that a bundle of `triphase` must have, and must not have, for each condition of its exports. */
const bundles = [
  { condition: 'browser', has: ['browser-reactor'], hasNot: ['node-reactor', 'deno-shim', 'srvx'] },
  { condition: 'workerd', has: ['core'], hasNot: ['node-reactor', 'deno-shim', 'browser-reactor', 'srvx'] },
  { condition: 'default', has: ['core'], hasNot: ['node-reactor', 'deno-shim', 'browser-reactor', 'srvx'] },
];

/** Bundles a program for the condition and runs it on this Node, where the functions for other hosts must throw `HostMissingError`. */
async function checkBundle(folder, { condition, has, hasNot }) {
  const source = `
    import { createReactor, HostMissingError, runService, serve } from 'triphase';
    const reactor = createReactor();
    reactor.callSoon(() => reactor.stop());
    if (${condition !== 'browser'}) await reactor.run();
    const problem = await runService(() => undefined).catch((error) => error);
    if (!(problem instanceof HostMissingError)) throw new Error('runService() does not throw HostMissingError');
    try { serve(() => undefined, { port: 0 }); throw new Error('serve() does not throw HostMissingError'); }
    catch (error) { if (!(error instanceof HostMissingError)) throw error; }`;
  const outfile = join(folder, `bundle-${condition}.mjs`);
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    format: 'esm',
    platform: condition === 'browser' ? 'browser' : 'neutral',
    conditions: condition === 'default' ? [] : [condition],
    mainFields: [],
    outfile,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  const isIn = (name) =>
    inputs.some((input) => input.includes(`node_modules/${name === 'srvx' ? '' : '@triphase/'}${name}/`));
  const wrong = [...has.filter((name) => !isIn(name)), ...hasNot.filter(isIn)];
  if (wrong.length > 0) return { code: 1, output: `missing from the bundle, or wrongly in it: ${wrong.join(', ')}` };
  return run(process.execPath, [outfile]);
}

function checks(folder) {
  const all = specifiers.map((specifier, i) => `import * as m${i} from '${specifier}';\nvoid m${i};\n`).join('');
  for (const extension of ['mts', 'cts']) writeFileSync(join(folder, `all.${extension}`), all);
  const esm = ['consumer.mts', 'umbrella.mts', 'all.mts', 'fetch.mts'];
  const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' };
  const bundler = { module: 'esnext', moduleResolution: 'bundler' };
  const compilations = [
    { name: 'nodenext', options: { ...nodenext, ...withBoth }, files: [...esm, 'all.cts'] },
    // With node16 TypeScript refuses to require a module that is declared as ESM, unlike with nodenext. So all.cts shows that each entry has
    // declarations for `require`.
    {
      name: 'node16',
      options: { module: 'node16', moduleResolution: 'node16', ...withBoth },
      files: [...esm, 'all.cts'],
    },
    { name: 'bundler', options: { ...bundler, ...withBoth }, files: esm },
    { name: 'node-types', options: { ...nodenext, ...withNode }, files: ['consumer.mts', 'umbrella.mts', 'fetch.mts'] },
    { name: 'dom-types', options: { ...bundler, ...withDom }, files: ['consumer.mts', 'umbrella.mts', 'fetch.mts'] },
    { name: 'no-host-types', options: { ...nodenext, ...withNeither }, files: ['consumer.mts'] },
  ];
  const withOldestTypeScript = compilations
    .filter(({ name }) => name === 'node16' || name === 'bundler')
    .map((one) => ({ ...one, name: `${one.name}-typescript-5.2`, oldest: true }));
  const quiet = { cwd: folder, env: { CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' } };
  return [
    ...hosts.map(({ name, command: [program, ...args] }) => ({
      name: `import and require give one copy: ${name}`,
      absent: existsSync(program) ? undefined : 'npm run setup installs it',
      // `require` of Deno ignores the condition `deno`, so `triphase` is left out there.
      start: () => run(program, [...args, join(folder, 'identity.mjs'), ...specifiersOf(name)], quiet),
    })),
    ...hosts.map(({ name, reactor, command: [program, ...args] }) => ({
      name: `triphase is the reactor of the host: ${name}`,
      absent: existsSync(program) ? undefined : 'npm run setup installs it',
      start: () => run(program, [...args, join(folder, 'conditions.mjs'), reactor], quiet),
    })),
    ...bundles.map((one) => ({
      name: `triphase in a bundle for ${one.condition}`,
      start: () => checkBundle(folder, one),
    })),
    {
      name: 'the command triphase',
      start: () =>
        run(process.execPath, [join(folder, 'node_modules', '@triphase', 'cli', 'bin', 'triphase.mjs'), '--help']),
    },
    {
      name: 'jest without a configuration',
      start: () => runTool('jest', ['--rootDir', folder, 'plain.test.js'], quiet),
    },
    {
      name: 'ts-jest with its default preset',
      start: () =>
        runTool('jest', ['--config', '{ "preset": "ts-jest" }', '--rootDir', folder, 'typed.test.ts'], quiet),
    },
    { name: 'vitest', start: () => runTool('vitest', ['run', '--root', folder, 'vitest.spec.ts'], quiet) },
    ...compilations.map((one) => ({ name: `tsc: ${one.name}`, start: () => compile(folder, one) })),
    ...withOldestTypeScript.map((one) => ({
      name: `tsc: ${one.name}`,
      absent: existsSync(oldestTypeScript) ? undefined : 'npm run setup installs it',
      start: () => compile(folder, one),
    })),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'triphase-packed-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  checkBuilt();
  await makeProject(folder);
  for (const { name, absent, start } of checks(folder)) {
    const { code, output } = absent ? { code: inCI ? 1 : 0, output: absent } : await start();
    const outcome = code !== 0 ? 'failed' : absent ? 'skipped' : 'passed';
    counts[outcome] += 1;
    console.log(`${outcome.padEnd(8)} ${name}${absent ? ` (${absent})` : ''}`);
    if (outcome === 'failed') console.log(output.trim().replace(/^/gm, '         '));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
