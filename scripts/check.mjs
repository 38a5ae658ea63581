/**
 * `npm run check`: builds, then runs all gates except the tests, two at a time. Prints one line for each gate, and at the end the output of those
 * that failed. Exits with 1 if any failed. `npm run check -- knip lock` runs only these gates.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run, runTool, seconds } from './command.mjs';
import { root } from './packages.mjs';

const script = (name, ...args) => run(process.execPath, [join(import.meta.dirname, `${name}.mjs`), ...args]);

const bench = (...args) => run(process.execPath, [join(root, 'benchmarks', 'main.mjs'), '--no-build', ...args]);

/** `show`: also prints the output of the gate when it passes. */
const gates = [
  // Linting all packages with types and without a cache needs more than Node's default limit of 4 GB.
  {
    name: 'eslint',
    start: () => runTool('eslint', lintArguments, { env: { NODE_OPTIONS: '--max-old-space-size=8192' } }),
  },
  { name: 'typecheck', start: () => runTool('tsc', ['-p', 'tsconfig.test.json']) },
  { name: 'tarballs', start: () => script('tarball-lint') },
  { name: 'prettier', start: () => runTool('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'knip', start: () => runTool('knip', ['--no-progress', '--no-config-hints']) },
  { name: 'circles', start: () => runTool('depcruise', ['packages/core/src']) },
  { name: 'api', start: () => script('api'), show: true },
  { name: 'docs', start: () => script('docs-api'), show: true },
  { name: 'size', start: () => script('size'), show: true },
  // Prints the figures and compares them with nothing: another gate may keep the machine busy.
  { name: 'imports', start: () => bench('imports'), show: true },
  { name: 'jsr', start: () => script('jsr'), show: true },
  { name: 'lock', start: () => script('lock'), show: true },
  // Shows that every benchmark runs. Its figures mean nothing.
  { name: 'bench', start: () => bench('--quick') },
];
const lintArguments = ['.', '--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/'];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !gates.some((gate) => gate.name === name));
if (unknown.length > 0) {
  console.error(`check: no gate named ${unknown.join(', ')}; there are ${gates.map((gate) => gate.name).join(', ')}`);
  process.exit(1);
}

const failures = [];
async function runGate({ name, start, show }) {
  const since = performance.now();
  const { code, output } = await start();
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds(since)}`);
  if (code !== 0) failures.push({ name, output });
  else if (show) console.log(output.trimEnd().replace(/^/gm, '     '));
}

// The gates need declarations and code.
await runGate({ name: 'build', start: () => script('build') });
const queue = gates.filter((gate) => wanted.length === 0 || wanted.includes(gate.name));
const worker = async () => {
  for (let gate = queue.shift(); gate; gate = queue.shift()) await runGate(gate);
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));

for (const { name, output } of failures) console.error(`\n── ${name} ──\n${output.trim()}`);
console.log(failures.length === 0 ? '\ncheck: passed' : `\ncheck: failed: ${failures.map((f) => f.name).join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
