/** NodeReactor in every Node we claim and in Bun: the conformance kit, then real processes and real signals, which Deno gets too. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { reportOf } from './conformance/process.mjs';
import { bun, deno, lacking, nodes } from './conformance/runtimes.mjs';
import { processTests, runProcessTests } from './conformance/process-tests.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const runtimes = [...nodes, bun];
const reason = lacking([...runtimes, deno]);
if (reason !== undefined) leaveOut(reason);

const folder = mkdtempSync(join(tmpdir(), 'triphase-node-'));
const tally = new Tally();
try {
  const kit = join(folder, 'kit.mjs');
  await bundle({ entry: join(import.meta.dirname, 'conformance', 'node-reactor.entry.mjs'), outfile: kit });
  for (const runtime of runtimes) tally.add(`the kit on ${runtime.name}`, await reportOf(runtime, kit));
  await runProcessTests(tally, {
    tests: processTests,
    folder,
    runtimes: [...runtimes, deno],
    imports: `import { NodeReactor as Reactor } from '@triphase/node-reactor';`,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
