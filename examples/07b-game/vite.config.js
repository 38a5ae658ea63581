import { join } from 'node:path';
import { defineConfig } from 'vite';

const packages = join(import.meta.dirname, '../../packages');

export default defineConfig({
  base: './', // It runs from any folder of any server.
  // Takes the sources of the packages, so that no build is needed. Leave this out where the packages are installed from npm.
  resolve: { alias: [{ find: /^@triphase\/([^/]+)$/, replacement: join(packages, '$1', 'src/index.ts') }] },
});
