import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/packages.mjs';

/**
 * Bundles `entry` and all that it imports into one ES module that any runtime loads; our packages come from their sources, without a build.
 * `source` replaces the file: the text of a module in this folder. `plugins`: more plugins of esbuild.
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
    // The entry for hosts that only have timers; tests of other hosts import the package of that host.
    onResolve({ filter: /^triphase$/ }, () => ({ path: join(root, 'packages', 'triphase', 'src', 'index.ts') }));
    onResolve({ filter: /^@triphase\// }, ({ path }) => {
      const [, name, entry = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${entry}.ts`) };
    });
  },
};
