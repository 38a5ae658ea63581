/** The server for the recipes of docs/browser.md. */
import react from '@vitejs/plugin-react';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createServer } from 'vite';
import { root } from '../../scripts/packages.mjs';
import { bundle } from '../conformance/bundle.mjs';

/** The files of the project that are blocks of docs/browser.md. The value is a text that only this block has. */
const recipes = { 'use-reactor.ts': 'function useReactor', 'page.ts': 'import.meta.hot' };

/**
 * Serves a project with the recipes of docs/browser.md on the development server of Vite, which replaces modules when they are edited. React is its
 * development version, whose StrictMode mounts twice.
 */
export async function serveRecipes() {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-recipes-'));
  cpSync(join(import.meta.dirname, 'project'), folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const blocks = await blocksOfPage(folder);
  for (const [file, part] of Object.entries(recipes)) {
    const found = blocks.filter(({ code }) => code.includes(part));
    if (found.length !== 1) throw new Error(`docs/browser.md has ${found.length} blocks with ${part}`);
    writeFileSync(join(folder, file), found[0].code);
  }
  const server = await createServer({
    root: folder,
    configFile: false,
    cacheDir: join(folder, '.vite'),
    logLevel: 'error',
    plugins: [react()],
    resolve: { alias: [{ find: /^@triphase\/([^/]+)$/, replacement: join(root, 'packages', '$1', 'src/index.ts') }] },
    server: { host: '127.0.0.1', port: 0, fs: { allow: [folder, root] } },
    optimizeDeps: { include: ['react-dom/client'] }, // When Vite finds it later, it reloads the page.
  });
  await server.listen();
  return {
    url: (path) => new URL(path, server.resolvedUrls.local[0]).href,
    /** Changes a file of the project. */
    edit: (file, change) => {
      const path = join(folder, file);
      writeFileSync(path, change(readFileSync(path, 'utf8')));
    },
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function blocksOfPage(folder) {
  const outfile = join(folder, 'docs-blocks.mjs');
  await bundle({ entry: join(root, 'test', 'docs-blocks.ts'), outfile });
  const { blocksOf } = await import(pathToFileURL(outfile));
  const page = 'docs/browser.md';
  return blocksOf(page, readFileSync(join(root, page), 'utf8'));
}
