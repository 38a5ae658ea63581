/** Installs the folders outside of the workspaces, each of which has its own package.json and lock. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints the command, then runs it. Returns whether it succeeded. */
export function command(program, args, options = {}) {
  console.log(`$ ${[program, ...args].join(' ')}`);
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }).status === 0;
}

/** The C library of this machine, as npm names it. */
const ownLibc = process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';

/** The packages of the lock that fit this machine and aren't installed in that version. */
function missingPackages(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const { optionalDependencies = {} } = packages[''];
  const fits = (wanted, own) => wanted === undefined || [wanted].flat().includes(own);
  // An optional package for any platform may be needed by one for another platform only.
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

/** Installs the packages of the lock in `folder` that are missing. Returns those that are still missing after that. */
export function installFolder(folder) {
  if (missingPackages(folder).length > 0) command('npm', ['ci', '--loglevel=error'], { cwd: folder });
  return missingPackages(folder);
}
