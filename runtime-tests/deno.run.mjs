/** DenoReactor in real Deno, without a permission: the conformance kit, and what only a real host shows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { reportOf } from './conformance/process.mjs';
import { deno, lacking } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const reason = lacking([deno]);
if (reason !== undefined) leaveOut(reason);

const folder = mkdtempSync(join(tmpdir(), 'triphase-deno-'));
const tally = new Tally();
try {
  const kit = join(folder, 'kit.mjs');
  await bundle({ entry: join(import.meta.dirname, 'conformance', 'deno-shim.entry.mjs'), outfile: kit });
  tally.add('the kit on Deno', await reportOf(deno, kit));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
