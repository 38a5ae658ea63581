/** `npm run clean`: removes what build, tests and caches have written; keeps node_modules. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages, root } from './packages.mjs';

const leftovers = ['coverage', 'reference', '.nx', join('node_modules', '.cache')];
for (const path of [
  ...leftovers.map((name) => join(root, name)),
  ...readPackages().map((p) => join(p.folder, 'dist')),
]) {
  rmSync(path, { recursive: true, force: true });
}
