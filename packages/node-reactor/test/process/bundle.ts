import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms } from '../bundle-programs.ts';

/** The programs of the process tests, in a folder of their own until it is disposed. */
export interface Bundles extends AsyncDisposable {
  readonly folder: string;
}

/** Bundles the programs in `folder`; `copy-a` and `copy-b` hold a copy of the package each (N6). */
export async function bundleProcessPrograms(folder: string): Promise<Bundles> {
  const outdir = await mkdtemp(join(tmpdir(), 'triphase-life-'));
  const copy = join(folder, 'copy.ts');
  await bundlePrograms({ main: join(folder, 'main.ts'), 'copy-a': copy, 'copy-b': copy }, outdir);
  return { folder: outdir, [Symbol.asyncDispose]: () => rm(outdir, { recursive: true, force: true }) };
}
