import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/packages.mjs';

/**
 * Bundles `entry` and its imports into one ES module for any runtime, with the sources of our packages, so that no build is needed. Instead of
 * `entry`, `source` can be the text of a module in this folder. `plugins` are more plugins of esbuild.
 */
export async function bundle({ entry, source, outfile, plugins = [] }) {
  await build({
    ...(source === undefined
      ? { entryPoints: [entry] }
      : { stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' } }),
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: ['node:*'],
    tsconfigRaw: '{}',
    plugins: [...plugins, ownSources],
    logLevel: 'warning',
  });
}

/** Resolves our packages to their sources. */
const ownSources = {
  name: 'own sources',
  setup({ onResolve }) {
    // The entry for hosts that have only timers. Tests of other hosts import the package of the host.
    onResolve({ filter: /^triphase$/ }, () => ({ path: join(root, 'packages', 'triphase', 'src', 'index.ts') }));
    onResolve({ filter: /^@triphase\// }, ({ path }) => {
      const [, name, entry = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${entry}.ts`) };
    });
  },
};
