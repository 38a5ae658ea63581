/**
 * Measures what `npm install` of one of our packages puts on the disk: the files of the package, as its tarball has them, and those of its
 * dependencies. `size.mjs` uses it.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { readPackages, root } from './packages.mjs';

/** Returns `{ size, parts }`: bytes on the disk, in total and for each package. Other people's packages are measured in our node_modules. */
export async function installedSize(name) {
  const own = new Map(readPackages().map((pkg) => [pkg.name, pkg]));
  const needed = new Set([name]);
  // The set grows during this loop, and the loop also visits the new names.
  for (const each of needed) {
    const { dependencies = {} } = own.get(each)?.manifest ?? manifestOf(each);
    for (const dependency of Object.keys(dependencies)) needed.add(dependency);
  }
  const packed = await packedSizes([...needed].filter((each) => own.has(each)));
  const parts = [...needed].map((each) => ({ name: each, bytes: packed.get(each) ?? folderSize(folderOf(each)) }));
  return { size: parts.reduce((sum, { bytes }) => sum + bytes, 0), parts };
}

async function packedSizes(names) {
  const workspaces = names.flatMap((name) => ['--workspace', name]);
  const { code, output } = await run('npm', ['pack', '--dry-run', '--json', '--loglevel=silent', ...workspaces]);
  if (code !== 0) throw new Error(`npm pack failed\n${output}`);
  return new Map(JSON.parse(output).map(({ name, unpackedSize }) => [name, unpackedSize]));
}

const folderOf = (name) => join(root, 'node_modules', name);
const manifestOf = (name) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));

function folderSize(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
