/**
 * The packages as they are published: packed, unpacked into a project of their own, and loaded there the ways that people
 * load them. Wants `npm run build` first. The tools come from this repository, the packages from their tarballs alone.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inCI, run, runTool } from '../scripts/command.mjs';
import { readPackages, root } from '../scripts/packages.mjs';
import { packAll } from '../scripts/tarballs.mjs';

const tools = ['@jest/globals', '@types/node', 'jest', 'ts-jest', 'typescript', 'vitest'];
const packages = readPackages();
const specifiers = packages.flatMap((pkg) => pkg.entries.map(({ specifier }) => specifier));

async function makeProject(folder) {
  mkdirSync(join(folder, 'node_modules'));
  for (const { name, file } of await packAll(folder)) {
    const target = join(folder, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    const { code, output } = await run('tar', ['-xzf', file, '-C', target, '--strip-components=1']);
    if (code !== 0) throw new Error(output);
  }
  const link = (name, from) => {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(from, path);
  };
  for (const tool of tools) link(tool, join(root, 'node_modules', tool));
  for (const pkg of packages)
    for (const name of Object.keys(pkg.manifest.dependencies ?? {}).filter((each) => !each.startsWith('@triphase/'))) {
      const own = join(pkg.folder, 'node_modules', name); // npm puts it there or, if nobody needs another version, above
      link(name, existsSync(own) ? own : join(root, 'node_modules', name));
    }
  // Its tsconfig.json is for editors: there the packages are sources.
  const filter = (source) => !source.endsWith('tsconfig.json');
  cpSync(join(import.meta.dirname, 'packed'), folder, { recursive: true, filter });
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n');
}

/** A config of its own for each way to compile, all of them strict and reading our declarations in full. */
function compilation(folder, { name, options, files }) {
  const config = join(folder, `tsconfig.${name}.json`);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', skipLibCheck: false, ...options };
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  return runTool('tsc', ['-p', config], { cwd: folder });
}

const runtimes = join(import.meta.dirname, 'runtimes', 'node_modules');
const hosts = [
  { name: 'this Node', command: [process.execPath] },
  ...['node22', 'node24', 'node26'].map((name) => ({ name, command: [join(runtimes, name, 'bin', 'node')] })),
  {
    name: 'Deno',
    command: [
      join(runtimes, '@deno', 'linux-x64-glibc', 'deno'),
      'run',
      '--allow-all',
      '--no-prompt',
      '--node-modules-dir=manual',
    ],
  },
  { name: 'Bun', command: [join(runtimes, '@oven', 'bun-linux-x64', 'bin', 'bun')] },
];

const withNode = { lib: ['es2022', 'esnext.disposable'], types: ['node'] };
const withDom = { lib: ['es2022', 'esnext.disposable', 'dom'], types: [] };
const withBoth = { lib: ['es2022', 'esnext.disposable', 'dom'], types: ['node'] };
const withNeither = { lib: ['es2022', 'esnext.disposable'], types: [] };

function checks(folder) {
  const all = specifiers.map((specifier, i) => `import * as m${i} from '${specifier}';\nvoid m${i};\n`).join('');
  for (const extension of ['mts', 'cts']) writeFileSync(join(folder, `all.${extension}`), all);
  const esm = ['consumer.mts', 'all.mts', 'fetch.mts'];
  const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' };
  const bundler = { module: 'esnext', moduleResolution: 'bundler' };
  const compilations = [
    { name: 'nodenext', options: { ...nodenext, ...withBoth }, files: [...esm, 'all.cts'] },
    // TypeScript's node16 still refuses to require what is declared as ESM.
    {
      name: 'node16',
      options: { module: 'node16', moduleResolution: 'node16', ...withBoth },
      files: [...esm, 'all.cts'],
    },
    { name: 'bundler', options: { ...bundler, ...withBoth }, files: esm },
    { name: 'node-types', options: { ...nodenext, ...withNode }, files: ['consumer.mts', 'fetch.mts'] },
    { name: 'dom-types', options: { ...bundler, ...withDom }, files: ['consumer.mts', 'fetch.mts'] },
    { name: 'no-host-types', options: { ...nodenext, ...withNeither }, files: ['consumer.mts'] },
  ];
  const quiet = { cwd: folder, env: { CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' } };
  return [
    ...hosts.map(({ name, command: [program, ...args] }) => ({
      name: `import and require give one copy: ${name}`,
      absent: existsSync(program) ? undefined : 'npm run setup installs it',
      start: () => run(program, [...args, join(folder, 'identity.mjs'), ...specifiers], quiet),
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
    ...compilations.map((one) => ({ name: `tsc: ${one.name}`, start: () => compilation(folder, one) })),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'triphase-packed-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const unbuilt = packages.filter((pkg) => !existsSync(join(pkg.folder, 'dist', 'index.cjs')));
  if (unbuilt.length > 0) throw new Error(`${unbuilt.map((pkg) => pkg.name).join(', ')}: not built, run npm run build`);
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
