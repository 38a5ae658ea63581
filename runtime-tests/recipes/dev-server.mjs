import react from '@vitejs/plugin-react';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createServer } from 'vite';
import { root } from '../../scripts/packages.mjs';
import { bundle } from '../conformance/bundle.mjs';

/** The files of the project that are blocks of docs/browser.md: each is the one with this in it. */
const recipes = { 'use-reactor.ts': 'function useReactor', 'page.ts': 'import.meta.hot' };

/**
 * A project of its own, with the recipes of docs/browser.md as they stand there, on Vite's development server: modules are replaced as they
 * are edited, and React is the one that mounts everything twice.
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
    optimizeDeps: { include: ['react-dom/client'] }, // Found later, it would have the page loaded again.
  });
  await server.listen();
  return {
    url: (path) => new URL(path, server.resolvedUrls.local[0]).href,
    /** Changes a file, as an editor does. */
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
