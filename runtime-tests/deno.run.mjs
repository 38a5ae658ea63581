/** DenoReactor in real Deno, without a permission: the conformance kit, and what only a real host shows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './conformance/bundle.mjs';
import { isKitOnly, takeKit, versionOf } from './conformance/kit-results.mjs';
import { reportOf } from './conformance/process.mjs';
import { processTests, runProcessTests } from './conformance/process-tests.mjs';
import { deno, lacking } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const reason = lacking([deno]);
if (reason !== undefined) leaveOut(reason);

const unload = {
  name: 'D4: Deno.exit() in the middle of a run shuts down in order, no phase waiting for a promise',
  source: `
    const reactor = new Reactor();
    const trigger = async ({ phase, detail, terminal }) => {
      console.log(phase, detail.kind, terminal);
      await sleep(reactor, 1);
      console.log('never');
    };
    reactor.on('shutdown', { before: trigger, during: trigger, after: trigger });
    reactor.callLater(1, () => Deno.exit(3));
    await reactor.run();`,
  async drive() {
    return { lines: ['before unload true', 'during unload true', 'after unload true'], code: 3 };
  },
};

const folder = mkdtempSync(join(tmpdir(), 'triphase-deno-'));
/** Deno refuses this signal; other hosts refuse none that passes our own check (N27). */
const refusedSignal = {
  name: 'C1: run() throws when it cannot listen to a signal, and holds nothing then',
  source: `
    const reactor = new Reactor({ signals: ['SIGTERM', 'SIGSEGV'] });
    try { reactor.run(); } catch { console.log(reactor.state); }
    setInterval(() => undefined, 60_000);
    console.log('over');`,
  async drive(program) {
    await program.line('over');
    program.kill('SIGTERM');
    return { lines: ['idle', 'over'], signal: 'SIGTERM' };
  },
};

const tally = new Tally();
try {
  const bundled = async (name) => {
    const outfile = join(folder, `${name}.mjs`);
    await bundle({ entry: join(import.meta.dirname, 'conformance', `${name}.entry.mjs`), outfile });
    return outfile;
  };
  const report = await reportOf(deno, await bundled('deno-shim'));
  await takeKit(tally, { title: 'the kit on Deno', runtime: 'Deno', version: versionOf(deno), report });
  if (!isKitOnly) await whatOnlyDenoShows(bundled);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();

async function whatOnlyDenoShows(bundled) {
  const turns = await bundled('deno-turns');
  tally.add('turns by microtask', await reportOf(deno, turns));
  const networked = { ...deno, args: [...deno.args, '--allow-net=127.0.0.1'] };
  tally.add('a flooded reactor', await reportOf(networked, turns, 'starvation'));
  await runProcessTests(tally, {
    tests: [...processTests, refusedSignal, unload],
    folder,
    runtimes: [deno],
    imports: `import { DenoReactor as Reactor } from '@triphase/deno-shim';`,
  });
}
