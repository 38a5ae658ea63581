import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const packages = join(import.meta.dirname, '../../../packages');

export default defineConfig({
  base: './',
  plugins: [vue(), svelte()],
  // Only for this repository: takes the sources of the packages, so that they need no build.
  resolve: { alias: [{ find: /^@triphase\/([^/]+)$/, replacement: join(packages, '$1', 'src/index.ts') }] },
  build: {
    target: 'es2022',
    rolldownOptions: { input: ['react', 'vue', 'svelte', 'three', 'pixi'].map((name) => `${name}.html`) },
  },
});
