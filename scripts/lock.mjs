/**
 * The gate `npm run check -- lock`. No lock file may name a registry, so that any registry can serve it, and each must agree with its package.json,
 * as `npm ci` requires.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.mjs';
import { root } from './packages.mjs';

/** Watt needs a newer Node than the one that runs this script. */
const FOR_NEWER_NODE = 'benchmarks/handover/watt/package-lock.json';

const locks = [
  'package-lock.json',
  'runtime-tests/runtimes/package-lock.json',
  'runtime-tests/tools/package-lock.json',
  'benchmarks/frames/package-lock.json',
  FOR_NEWER_NODE,
  'benchmarks/lifecycle/package-lock.json',
  'benchmarks/peers/package-lock.json',
  'examples/page-frameworks/project/package-lock.json',
  'mutation/package-lock.json',
].filter((lock) => existsSync(join(root, lock)));
const problems = [];
for (const lock of locks) {
  if (/"resolved": "http/.test(readFileSync(join(root, lock), 'utf8'))) {
    problems.push(`${lock} names a registry: write it again with omit-lockfile-registry-resolved=true in .npmrc`);
  }
  const options = lock === FOR_NEWER_NODE ? ['--engine-strict=false'] : [];
  const { code, output } = await run('npm', ['ci', '--dry-run', '--loglevel=error', ...options], {
    cwd: join(root, dirname(lock)),
  });
  if (code !== 0) problems.push(`${lock}: npm ci --dry-run fails\n${output.trim()}`);
}
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`lock: ${locks.length} locks install and name no registry`);
process.exitCode = problems.length === 0 ? 0 : 1;
