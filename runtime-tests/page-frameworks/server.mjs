/** Builds and serves the pages of examples/page-frameworks. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, preview } from 'vite';
import { root } from '../../scripts/packages.mjs';

const project = join(root, 'examples', 'page-frameworks', 'project');

/** Why the pages can't be built here, or `undefined`. */
export const lackingPackages = () =>
  existsSync(join(project, 'node_modules', 'vue'))
    ? undefined
    : 'the packages of page-frameworks: npm run setup installs them';

/** The pages with a component, and their modules, which export `unmount`. */
const COMPONENT_MODULES = { react: 'main.jsx', vue: 'main.js', svelte: 'main.js' };

/** Adds watch.js to each page, before the scripts of the page, and makes the exports of its module a global. */
const watchPlugin = {
  name: 'watch',
  transformIndexHtml: {
    order: 'pre',
    handler(_, { path }) {
      const name = /(\w+)\.html/.exec(path)[1];
      const main = COMPONENT_MODULES[name];
      const lines = [`import '#watch/watch.js';`];
      if (name === 'pixi') lines.push(`import '#watch/watch-pixi.js';`);
      if (main) lines.push(`import * as page from '/src/${name}/${main}';`, 'globalThis.page = page;');
      return [{ tag: 'script', attrs: { type: 'module' }, children: lines.join('\n'), injectTo: 'head-prepend' }];
    },
  },
};

/** Compiles the project. Rejects with the output of the compiler. */
const checkTypes = () =>
  promisify(execFile)(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project]).catch(
    ({ stdout }) => {
      throw new Error(`examples/page-frameworks/project doesn't compile:\n${stdout}`);
    },
  );

/** Builds the project with the development versions of the frameworks, which have more checks, and serves it. */
export async function serveProject() {
  const outDir = mkdtempSync(join(tmpdir(), 'triphase-page-frameworks-'));
  process.env.NODE_ENV = 'development';
  const typesAreRight = checkTypes();
  const isBuilt = build({
    root: project,
    mode: 'development',
    logLevel: 'error',
    plugins: [watchPlugin],
    resolve: { alias: { '#watch': import.meta.dirname, 'pixi.js': join(project, 'node_modules', 'pixi.js') } },
    build: { outDir, minify: false },
  });
  await Promise.all([typesAreRight, isBuilt]);
  const server = await preview({
    root: project,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0 },
  });
  return {
    url: (name) => new URL(`${name}.html`, server.resolvedUrls.local[0]).href,
    close: async () => {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
