/**
 * Installs the npm packages of a folder that is not a workspace and has its own package.json and lock. `setup.mjs`, `mutate.mjs` and the
 * benchmarks use it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints the command, then runs it. Returns whether it succeeded. */
export function printAndRun(program, args, options = {}) {
  console.log(`$ ${[program, ...args].join(' ')}`);
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }).status === 0;
}

/** The C library of this machine, as npm names it. */
const ownLibc = process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';

/** The packages of the lock that this machine needs and that aren't installed in the version of the lock. */
function missingPackages(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const { optionalDependencies = {} } = packages[''];
  const fits = (wanted, own) => wanted === undefined || [wanted].flat().includes(own);
  // An optional package that runs on any platform may be needed only by a package for another platform. npm doesn't install it then.
  const isNeeded = (name, { optional, os, cpu }) =>
    optional !== true || name in optionalDependencies || os !== undefined || cpu !== undefined;
  return Object.entries(packages)
    .filter(([path, { os, cpu }]) => path !== '' && fits(os, process.platform) && fits(cpu, process.arch))
    .filter(([, { libc }]) => fits(libc, ownLibc))
    .filter(([path, about]) => isNeeded(path.replace('node_modules/', ''), about))
    .filter(([path, { version }]) => {
      const manifest = join(folder, path, 'package.json');
      return !existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== version;
    })
    .map(([path]) => path.replace('node_modules/', ''));
}

/** Runs `npm ci` in `folder` if packages are missing. `options`: more arguments of `npm ci`. Returns the packages that are missing after it. */
export function installFolder(folder, options = []) {
  if (missingPackages(folder).length > 0) printAndRun('npm', ['ci', '--loglevel=error', ...options], { cwd: folder });
  return missingPackages(folder);
}
