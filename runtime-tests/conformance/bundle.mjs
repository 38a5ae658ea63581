import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/packages.mjs';

/**
 * One ES module out of `entry` and all that it imports, our packages from their sources: what any runtime loads, without a file system
 * and without a build. `source`, instead of a file: the text of a module in this folder.
 */
export async function bundle({ entry, source, outfile }) {
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
    plugins: [ownSources],
    logLevel: 'warning',
  });
}

/** Our packages, from their sources. */
export const ownSources = {
  name: 'own sources',
  setup({ onResolve }) {
    // The entry for hosts that have nothing but timers: each other host has a package of its own.
    onResolve({ filter: /^triphase$/ }, () => ({ path: join(root, 'packages', 'triphase', 'src', 'index.ts') }));
    onResolve({ filter: /^@triphase\// }, ({ path }) => {
      const [, name, entry = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${entry}.ts`) };
    });
  },
};
