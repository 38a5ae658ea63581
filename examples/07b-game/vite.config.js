import { join } from 'node:path';
import { defineConfig } from 'vite';

const packages = join(import.meta.dirname, '../../packages');

export default defineConfig({
  base: './', // The page works in any folder of a server.
  // Only for this repository: takes the sources of the packages, so that they need no build.
  resolve: { alias: [{ find: /^@triphase\/([^/]+)$/, replacement: join(packages, '$1', 'src/index.ts') }] },
});
