/**
 * `npm run bench:lifecycle`: stops the programs of lifecycle/apps as real processes. Writes how their requests and processes ended into
 * docs/comparison.md, and every run into benchmarks/LIFECYCLE.md. Takes about half an hour.
 *
 * `-- fastify triphase` runs only these peers, `--only 'event stream'` only one scenario, `--quick` each scenario only once: these print, and write no
 * page. `--save FILE` writes the results into a file. `--from FILE` measures nothing, and writes the pages from such a file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { buildPackages, currentCommit } from '../scripts/command.mjs';
import { installPeersIn } from './harness/peers.mjs';
import { LOAD_SCENARIOS } from './lifecycle/load.mjs';
import { shortTable, tables, writePages } from './lifecycle/page.mjs';
import { PEERS } from './lifecycle/peers.mjs';
import { SCENARIOS } from './lifecycle/scenarios.mjs';

/** How many scenarios without load run at the same time: they mostly wait. */
const AT_ONCE = 6;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    save: { type: 'string' },
    from: { type: 'string' },
  },
});
const all = [...LOAD_SCENARIOS, ...SCENARIOS];
const peers = positionals.length === 0 ? PEERS : PEERS.filter(({ name }) => positionals.includes(name));
const scenarios = options.only === undefined ? all : all.filter(({ key }) => key === options.only);
if (peers.length < positionals.length || scenarios.length === 0) {
  console.error(`bench:lifecycle: the peers are ${PEERS.map(({ name }) => name).join(', ')}`);
  console.error(`the scenarios are ${all.map(({ key }) => key).join(', ')}`);
  process.exit(1);
}

const results = Object.fromEntries(peers.map(({ name }) => [name, {}]));

async function measure(peer, { key, run: once, runs = 1 }) {
  const list = [];
  for (let i = 0; i < (options.quick ? 1 : runs); i++) list.push(await once(peer, options));
  results[peer.name][key] = list;
  const lines = list.map(({ said: _, hooks, ...rest }) => JSON.stringify({ ...rest, hooks: hooks.join() }));
  console.log(`${peer.name}, ${key}: ${lines.join(' ')}`);
}

async function measureAll(jobs, atOnce) {
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await measure(...job);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Runs all scenarios with all peers. Returns `{ results, commit, date, loads }`. */
async function runAll() {
  await buildPackages();
  installPeersIn('lifecycle');
  const commit = currentCommit();
  const before = loadavg();
  const jobs = scenarios.flatMap((scenario) =>
    peers.filter((peer) => scenario.applies?.(peer) !== false).map((peer) => [peer, scenario]),
  );
  const apart = (isAlone) => jobs.filter(([, scenario]) => (scenario.isAlone ?? false) === isAlone);
  await measureAll(apart(false), AT_ONCE);
  await measureAll(apart(true), 1);
  return { results, commit, date: new Date().toISOString(), loads: [before, loadavg()] };
}

const ran = options.from === undefined ? await runAll() : JSON.parse(readFileSync(options.from, 'utf8'));
if (options.save !== undefined) writeFileSync(options.save, JSON.stringify(ran));
if (peers.length === PEERS.length && scenarios.length === all.length) {
  for (const text of [...Object.values(tables(ran.results)), shortTable(ran.results)]) console.log(`\n${text}`);
  if (!options.quick) await writePages(ran);
}
