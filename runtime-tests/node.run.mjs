/**
 * NodeReactor on every version of Node that we support and on Bun: the conformance kit, then real processes and signals, also on Deno.
 *
 * Run it alone with `node runtime-tests/node.run.mjs`; `--kit` runs only the conformance kit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { columnOf, isKitOnly, takeKit, versionOf } from './conformance/kit-results.mjs';
import { reportOf } from './conformance/process.mjs';
import { bun, deno, lacking, nodes } from './conformance/runtimes.mjs';
import { processTests, runProcessTests } from './conformance/process-tests.mjs';
import { bunWatchTests } from './conformance/watch-tests.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const runtimes = [...nodes, bun];
const reason = lacking([...runtimes, deno]);
if (reason !== undefined) leaveOut(reason);

const folder = mkdtempSync(join(tmpdir(), 'triphase-node-'));
const tally = new Tally();
try {
  const kit = join(folder, 'kit.mjs');
  await bundle({ entry: join(import.meta.dirname, 'conformance', 'node-reactor.entry.mjs'), outfile: kit });
  for (const runtime of runtimes) {
    const report = await reportOf(runtime, kit);
    const about = { runtime: columnOf(runtime), version: versionOf(runtime) };
    await takeKit(tally, { title: `the kit on ${runtime.name}`, ...about, report });
  }
  if (!isKitOnly) {
    const withoutExtras = join(folder, 'without-extras.mjs');
    await bundle({
      entry: join(import.meta.dirname, 'conformance', 'without-extras.entry.mjs'),
      outfile: withoutExtras,
    });
    const newest = nodes.at(-1);
    tally.add(
      `D10: the kit on ${newest.name}, with only the globals that every host has`,
      await reportOf(newest, withoutExtras),
    );
    await runProcessTests(tally, {
      tests: processTests,
      folder,
      runtimes: [...runtimes, deno],
      imports: `import { NodeReactor as Reactor } from '@triphase/node-reactor';`,
    });
    await runProcessTests(tally, {
      tests: bunWatchTests,
      folder,
      runtimes: [bun],
      imports: `import { NodeReactor as Reactor, runService } from '@triphase/node-reactor';`,
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
