/** The conformance kit on NodeReactor, in every Node we claim and in Bun: one bundle of the sources, run by each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { reportOf } from './conformance/process.mjs';
import { bun, lacking, nodes } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const runtimes = [...nodes, bun];
const reason = lacking(runtimes);
if (reason !== undefined) leaveOut(reason);

const folder = mkdtempSync(join(tmpdir(), 'triphase-node-'));
const tally = new Tally();
try {
  const kit = join(folder, 'kit.mjs');
  await bundle({ entry: join(import.meta.dirname, 'conformance', 'node-reactor.entry.mjs'), outfile: kit });
  for (const runtime of runtimes) tally.add(`the kit on ${runtime.name}`, await reportOf(runtime, kit));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
