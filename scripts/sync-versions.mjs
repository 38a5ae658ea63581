/** Copies the version of each package.json into the deno.json beside it. `lerna version` runs it, as it doesn't know deno.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages } from './packages.mjs';

for (const { folder, manifest } of readPackages()) {
  const file = join(folder, 'deno.json');
  const text = readFileSync(file, 'utf8');
  // Replaces only the version in the text, so that the file keeps its format.
  writeFileSync(file, text.replace(/("version": ")[^"]*/, `$1${manifest.version}`));
}
