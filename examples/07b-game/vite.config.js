import { join } from 'node:path';
import { defineConfig } from 'vite';

const packages = join(import.meta.dirname, '../../packages');

export default defineConfig({
  base: './', // It runs from any folder of any server.
  // To the sources of the packages, so that they need no build. Whoever installs them needs no such line.
  resolve: { alias: [{ find: /^@triphase\/([^/]+)$/, replacement: join(packages, '$1', 'src/index.ts') }] },
});
