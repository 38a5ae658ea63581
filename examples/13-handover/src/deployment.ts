import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for each version, and `current`, a link to one of them. */
export class Deployment implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'triphase-handover-'));

  /** `bundles` is the folder that has `server-v1.mjs` and `server-v2.mjs`. */
  constructor(bundles: string) {
    for (const version of ['v1', 'v2']) {
      const folder = join(this.folder, version);
      mkdirSync(folder);
      copyFileSync(join(bundles, `server-${version}.mjs`), join(folder, 'server.mjs'));
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: version.slice(1) + '.0.0' }));
    }
    this.deploy('v1');
  }

  /** The program of the workers. */
  get main(): string {
    return join(this.folder, 'current', 'server.mjs');
  }

  /** Replaces the link `current` in one step, so that it always exists. */
  deploy(version: 'v1' | 'v2'): void {
    const next = join(this.folder, 'next');
    symlinkSync(version, next);
    renameSync(next, join(this.folder, 'current'));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
