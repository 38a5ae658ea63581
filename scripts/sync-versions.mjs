/** Runs in `lerna version`: gives each deno.json the version of the package.json beside it, which lerna does not do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages } from './packages.mjs';

for (const { folder, manifest } of readPackages()) {
  const file = join(folder, 'deno.json');
  const text = readFileSync(file, 'utf8');
  // Replaced in the text: the file keeps its format.
  writeFileSync(file, text.replace(/("version": ")[^"]*/, `$1${manifest.version}`));
}
