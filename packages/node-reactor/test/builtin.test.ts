import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const core = join(import.meta.dirname, '../../core/src');

test('C3, P12: the package imports no module of Node, so that a page can import it and make a reactor', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, '../src/index.ts')],
    alias: {
      '@triphase/core': join(core, 'index.ts'),
      '@triphase/core/process': join(core, 'process.ts'),
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'it',
    platform: 'browser',
    outdir: 'out',
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  expect(imported).toEqual([]);
  const code = outputFiles[0]?.text ?? '';
  const page = { performance, console, setTimeout, clearTimeout, AbortController }; // the globals of a page that it may use
  const outcome: unknown = runInNewContext(
    `${code}; try { new it.NodeReactor().run(); } catch (error) { error.code; }`,
    page,
  );
  expect(outcome).toBe('ERR_TRIPHASE_HOST_MISSING');
});
