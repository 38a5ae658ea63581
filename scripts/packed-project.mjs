/**
 * Installs our packages into a folder from their tarballs, with their dependencies. Tests of the published packages use it. Needs
 * `npm run build` first.
 */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.mjs';
import { readPackages, root } from './packages.mjs';
import { packAll } from './tarballs.mjs';

/** Throws if a package has not been built. */
export function checkBuilt() {
  const unbuilt = readPackages().filter((pkg) => !existsSync(join(pkg.folder, 'dist', 'index.cjs')));
  if (unbuilt.length > 0) throw new Error(`${unbuilt.map((pkg) => pkg.name).join(', ')}: not built, run npm run build`);
}

/** Unpacks the tarballs into the node_modules of `folder`, and links the dependencies that are not ours. */
export async function installPacked(folder) {
  const modules = join(folder, 'node_modules');
  for (const { name, file } of await packAll(folder)) {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    const { code, output } = await run('tar', ['-xzf', file, '-C', target, '--strip-components=1']);
    if (code !== 0) throw new Error(output);
  }
  for (const pkg of readPackages())
    for (const name of Object.keys(pkg.manifest.dependencies ?? {}).filter((each) => !each.startsWith('@triphase/')))
      linkModule(folder, name, pkg.folder);
}

/** Links an installed module of this repository into the node_modules of `folder`. `from`: the package that needs it; it may have its own version. */
export function linkModule(folder, name, from = root) {
  const link = join(folder, 'node_modules', name);
  const own = join(from, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(existsSync(own) ? own : join(root, 'node_modules', name), link);
}
