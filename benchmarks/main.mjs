/**
 * `npm run bench`: builds the packages, installs the peers if they are missing, measures all topics, and writes RESULTS.md and scale.svg.
 *
 * `npm run bench -- timers events` measures only these topics and writes nothing. `--quick` (`npm run bench:quick`) runs everything with very few
 * operations: it shows that everything runs, and its figures mean nothing. `--no-build` measures the last build. Exits with 1 if a case doesn't run
 * or if a bar has no figure, never because of a figure.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackages } from '../scripts/command.mjs';
import { installPeersIn } from './harness/peers.mjs';
import { claimRows, countMet, writeResults } from './harness/results.mjs';
import { scaleOf, scaleSays } from './harness/scale.mjs';
import { caseTable, claimHead, columns } from './harness/words.mjs';

const TOPICS = [
  'timers',
  'memory',
  'calls',
  'events',
  'participants',
  'fairness',
  'imports',
  'size',
  'twisted',
  'scale',
  'http',
  'service',
  'page',
  'deno',
];

/** The bars, each of which must have a figure: P1 to P16. */
const METRICS = Array.from({ length: 16 }, (_, index) => `P${index + 1}`);

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, build: { type: 'boolean', default: true } },
  allowNegative: true,
});
const unknown = positionals.filter((name) => !TOPICS.includes(name));
if (unknown.length > 0) {
  console.error(`bench: no topic named ${unknown.join(', ')}; there are ${TOPICS.join(', ')}`);
  process.exit(1);
}

/** Measures a topic in a process of its own. Prints each group of figures when it is done, and resolves with all of them. */
async function measureTopic(name) {
  const child = fork(join(import.meta.dirname, 'topic.mjs'), [name, options.quick ? 'quick' : 'full'], {
    // `--no-memory-reducer`: otherwise V8 collects garbage after a program has slept, and the next sample would contain that time.
    execArgv: ['--expose-gc', '--single-threaded-gc', '--no-memory-reducer'],
    env: { ...process.env, NODE_ENV: 'production' }, // as programs use the peers
  });
  const groups = [];
  child.on('message', ({ unit = 'ns', rows, ...group }) => {
    const complete = { ...group, unit, rows: rows.map((row) => ({ ...row, unit })) };
    groups.push(complete);
    console.log(`\n${group.title}`);
    console.log((complete.absent ?? columns(caseTable(complete))).replace(/^/gm, '  '));
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`The topic ${name} ended with ${code ?? signal}.`);
  return groups;
}

if (options.build) await buildPackages();
installPeersIn('peers');
installPeersIn('lifecycle');
const before = loadavg();
const groups = [];
for (const name of positionals.length > 0 ? positionals : TOPICS) groups.push(...(await measureTopic(name)));
console.log(`\n${columns([claimHead, ...claimRows(groups)]).replaceAll('**', '')}`);
for (const line of scaleSays(scaleOf(groups))) console.log(`scale: ${line}`);
console.log(`\n${countMet(groups)}${options.quick ? '; with so few operations, figures mean nothing' : ''}.`);
const has = (metric) => groups.some(({ rows }) => rows.some((row) => row.metric === metric));
const left = METRICS.filter((metric) => !has(metric));
if (positionals.length === 0 && left.length > 0) throw new Error(`No row for ${left.join(', ')}.`);
if (!options.quick && positionals.length === 0) {
  await writeResults(groups, { date: new Date(), loads: [before, loadavg()] });
  console.log('Written: benchmarks/RESULTS.md, benchmarks/scale.svg.');
}
