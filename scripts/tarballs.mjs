/** Packs our packages as `npm publish` would. The gate for tarballs and the tests of the published packages use it. */
import { join } from 'node:path';
import { run } from './command.mjs';
import { readPackages } from './packages.mjs';

/** Writes the tarballs of all packages into `folder`, from the last build. Returns `[{ name, file }]`. */
export async function packAll(folder) {
  const packages = readPackages().flatMap((pkg) => ['--workspace', pkg.name]);
  const { code, output } = await run('npm', ['pack', '--pack-destination', folder, '--loglevel=error', ...packages]);
  if (code !== 0) throw new Error(`npm pack failed\n${output}`);
  return readPackages().map(({ name, manifest }) => ({
    name,
    file: join(folder, `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`),
  }));
}
