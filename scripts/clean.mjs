/** `npm run clean`: removes the files that builds, tests and caches have written. Keeps node_modules. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages, root } from './packages.mjs';

const generated = ['coverage', 'reference', '.nx', join('node_modules', '.cache')];
for (const path of [
  ...generated.map((name) => join(root, name)),
  ...readPackages().map((p) => join(p.folder, 'dist')),
]) {
  rmSync(path, { recursive: true, force: true });
}
