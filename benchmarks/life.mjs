/**
 * `npm run bench:life`: stops a small service, or script, with 15 cases of faults, three signals, and five runs of each. Writes the exit status, the
 * time from the signal to the end of the process, and the last printed line into docs/exit-codes.md, and the time of each run into
 * benchmarks/LIFE.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { bundle } from '../runtime-tests/conformance/bundle.mjs';
import { median } from './harness/measure.mjs';
import { root } from '../scripts/packages.mjs';
import { markdownTable, writeSection } from '../scripts/page-section.mjs';

const RUNS = 5;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];
/** The faults: the argument of life/service.mjs, and its name on the page. */
const FAULTS = {
  none: 'none',
  slow: 'a trigger takes 300 ms',
  throw: 'a trigger throws',
  reject: 'a trigger rejects',
  never: 'a trigger never settles',
  last: 'a trigger of `after` never settles',
  block: 'a trigger blocks the thread, `watchdog()`',
  second: 'a second signal after 300 ms, a trigger never settles',
  starting: 'the start is under way',
  startHangs: 'the start never settles',
  setupHangs: 'the `setup` of `runService` never settles',
  uncaught: 'an uncaught exception while stopping',
  exits: 'a trigger calls `process.exit(0)`',
  held: 'an interval is left behind',
  script: 'a script, `main` of `runMain` sleeps',
};

/** One run: `{ status, ms, last }`. `ms`: the time from the last signal to the end of the process. `last`: the last printed line. */
async function stopOnce(program, fault, signal) {
  const child = spawn(process.execPath, [program, fault], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = [];
  const lines = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      printed.push(line);
      lines.dispatchEvent(new Event(line));
    });
  }
  const exit = once(child, 'exit').then((how) => [...how, performance.now()]);
  const closed = once(child, 'close');
  const stopping = once(lines, 'stopping');
  await once(lines, 'running');
  let since = performance.now();
  child.kill(signal);
  if (fault === 'second') {
    await stopping;
    await wait(300);
    since = performance.now();
    child.kill(signal);
  }
  const [code, killer, at] = await exit;
  await closed;
  const said = printed.filter((line) => line !== 'running' && line !== 'stopping' && !line.startsWith(' '));
  return { status: code ?? killer, ms: Math.round(at - since), last: said.at(-1) ?? '' };
}

const distinct = (values) => [...new Set(values)].join(' or ');

const folder = mkdtempSync(join(tmpdir(), 'triphase-bench-'));
const rows = [['fault', ...SIGNALS, `last line printed, on ${SIGNALS[0]}`]];
const raw = [];
try {
  const program = join(folder, 'service.mjs');
  await bundle({ entry: join(import.meta.dirname, 'life', 'service.mjs'), outfile: program });
  for (const [fault, title] of Object.entries(FAULTS)) {
    const cells = [];
    let last = '';
    for (const signal of SIGNALS) {
      const runs = [];
      for (let i = 0; i < RUNS; i++) runs.push(await stopOnce(program, fault, signal));
      const times = runs.map(({ ms }) => ms);
      cells.push(`${distinct(runs.map(({ status }) => status))}, ${median(times)} ms`);
      raw.push(`${fault} ${signal}: ${times.join(' ')}`);
      if (signal === SIGNALS[0]) last = runs.at(-1).last;
    }
    console.log(`${title}: ${cells.join(' · ')}`);
    rows.push([title, ...cells, last === '' ? '' : `\`${last}\``]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const text = `
Status, and the time from the signal to the end of the process (median of ${RUNS} runs), of a small HTTP service with a deadline of 1 s. Node ${process.versions.node}, ${availableParallelism()} cores; \`npm run bench:life\` writes this.

${markdownTable(rows)}

[benchmarks/LIFE.md](../benchmarks/LIFE.md) has every run.
`;
const everyRun = `
\`\`\`text
${raw.join('\n')}
\`\`\`
`;
await writeSection(join(root, 'docs', 'exit-codes.md'), 'figures', text);
await writeSection(join(import.meta.dirname, 'LIFE.md'), 'figures', everyRun);
