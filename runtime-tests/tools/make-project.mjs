import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkBuilt, installPacked } from '../../scripts/packed-project.mjs';
import { root } from '../../scripts/packages.mjs';

/** The tools that are installed in runtime-tests/tools, and those that are installed in the root of the repository. */
const own = ['happy-dom', 'jest-environment-jsdom', 'jsdom', 'mocha', 'nodemon', 'pm2', 'tsx', 'vitest', 'winston'];
const shared = ['@jest/globals', 'jest', 'pino'];
const installed = join(import.meta.dirname, 'node_modules');

/** Why the stage cannot run on this machine, or `undefined`. */
export function lackingTools() {
  const missing = own.filter((name) => !existsSync(join(installed, name)));
  if (missing.length > 0) return `${missing.join(', ')} not installed: npm run setup does it`;
  if (!existsSync('/usr/bin/script')) return 'script of util-linux is not installed: apt-get install bsdutils does it';
  checkBuilt();
  return undefined;
}

/** Makes a project in `folder`: our packages from their tarballs, the tools, and the programs of ./project/. */
export async function makeProject(folder) {
  const modules = join(folder, 'node_modules');
  await installPacked(folder);
  for (const name of own) link(join(installed, name), join(modules, name));
  for (const name of shared) link(join(root, 'node_modules', name), join(modules, name));
  for (const { name, from } of [
    ...own.map((name) => ({ name, from: installed })),
    ...shared.map((name) => ({ name, from: join(root, 'node_modules') })),
  ]) {
    const program = join(from, '.bin', name);
    if (existsSync(program)) link(program, join(modules, '.bin', name));
  }
  // The tsconfig.json is for editors, and resolves the packages to their sources.
  const filter = (source) => !source.endsWith('tsconfig.json');
  cpSync(join(import.meta.dirname, 'project'), folder, { recursive: true, filter });
  const scripts = { start: 'node service.mjs', typescript: 'tsx service.mts' };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'project', private: true, type: 'module', scripts }),
  );
}

function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
