import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms } from '../bundle-programs.ts';

/** The programs of the tests with the sources of our packages, in a folder of their own until it is disposed. */
export class Bundle implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'triphase-cluster-'));

  async build(): Promise<this> {
    const programs = join(import.meta.dirname, 'programs');
    const names = ['primary', 'worker'];
    await bundlePrograms(Object.fromEntries(names.map((name) => [name, join(programs, `${name}.ts`)])), this.folder);
    return this;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
