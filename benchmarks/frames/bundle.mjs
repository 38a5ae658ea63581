/** Bundles the code of bench:frames for a page, and measures the bundle size of each library. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/packages.mjs';

/** What a program imports from each library, as its documentation shows it. */
const IMPORTS = {
  triphase: `export { BrowserReactor } from '@triphase/browser-reactor';`,
  scheduler: `export { unstable_NormalPriority, unstable_scheduleCallback } from 'scheduler';`,
  rxjs: `export { animationFrameScheduler } from 'rxjs';`,
  'pixi.js': `export { Ticker } from 'pixi.js';`,
  'motion-dom': `export { frame, cancelFrame } from 'motion-dom';`,
  gsap: `export { gsap } from 'gsap';`,
};

/** Bundles `source` (options of esbuild) into one module, with the sources of our packages. */
export async function bundled(source, minify) {
  const { outputFiles } = await build({
    ...source,
    alias: {
      '@triphase/testing/page': join(root, 'packages', 'testing', 'src', 'page.ts'),
      ...Object.fromEntries(
        ['core', 'browser-reactor', 'testing'].map((name) => [
          `@triphase/${name}`,
          join(root, 'packages', name, 'src', 'index.ts'),
        ]),
      ),
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    tsconfigRaw: '{}',
    logLevel: 'error',
    minify,
    write: false,
  });
  return outputFiles[0].text;
}

/** The size of a bundle of this code: bytes, minified, gzip -9. */
const sizeOf = async (contents) =>
  gzipSync(await bundled({ stdin: { contents, resolveDir: import.meta.dirname } }, true), { level: 9 }).length;

/** The sizes of all libraries: `{ name: bytes }`. */
export async function measureSizes() {
  const sizes = {};
  for (const [name, code] of Object.entries(IMPORTS)) sizes[name] = await sizeOf(code);
  return sizes;
}
