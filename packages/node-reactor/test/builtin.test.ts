import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const core = join(import.meta.dirname, '../../core/src');

test('C3, P12: importing it loads no module of Node, so that it can be imported and constructed on a page', async () => {
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
  const page = { performance, console, setTimeout, clearTimeout, AbortController }; // what is there, of what it could use
  const outcome: unknown = runInNewContext(
    `${code}; try { new it.NodeReactor().run(); } catch (error) { error.code; }`,
    page,
  );
  expect(outcome).toBe('ERR_TRIPHASE_HOST_MISSING');
});
