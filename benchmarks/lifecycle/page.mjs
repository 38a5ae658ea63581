/**
 * Writes the results of bench:lifecycle: the tables of docs/comparison.md, and every run into LIFECYCLE.md. `results[peer.name][scenario.key]` is the
 * list of runs.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/packages.mjs';
import { markdownTable, writeSection } from '../../scripts/page-section.mjs';
import { median } from '../harness/measure.mjs';

import { PEERS, versionOf } from './peers.mjs';

const seconds = (ms) => (ms / 1e3).toFixed(ms < 995 ? 2 : 1);
const distinct = (values) => [...new Set(values)];
const span = (values) => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${String(least)}–${String(most)}`;
};

const statusOf = ({ status, isStillRunning }) =>
  isStillRunning ? 'killed by us' : typeof status === 'number' ? `exit ${String(status)}` : status;

/** How the process ended, and after how long: `exit 0, 0.05 s`. The time is the median of all runs. */
function ended(runs) {
  const ms = median(runs.map((run) => run.ms));
  if (runs.every(({ isStillRunning }) => isStillRunning)) return `still there after ${(ms / 1e3).toFixed(0)} s`;
  return `${distinct(runs.map(statusOf)).join(' or ')}, ${seconds(ms)} s`;
}

// The texts of the cells.
const broken = (runs) => `${span(runs.map((run) => run.broken))}; ${ended(runs)}`;
const serverErrors = (runs) => {
  const all500 = runs.map(({ errors }) => errors['500'] ?? 0);
  return `${span(all500)} and ${span(runs.map((run, index) => run.broken - all500[index]))}; ${ended(runs)}`;
};
const answered = (runs) => `${String(runs[0].answered)} of ${String(runs[0].of)}; ${ended(runs)}`;
const otherHook = (runs) => `${runs[0].hooks.includes(2) ? 'runs' : '**lost**'}; ${ended(runs)}`;
const starting = (runs) => `${runs[0].hasBegunStep2 ? 'goes on starting' : 'stops'}; ${ended(runs)}`;
const crashed = (runs) =>
  `${String(runs[0].answered)} of ${String(runs[0].of)}, hooks ${runs[0].hooks.length > 0 ? 'run' : '**lost**'}; ${ended(runs)}`;

/** The columns of each table: the head, the key of the scenario, and the function that makes a cell of its runs. */
const TABLES = {
  'Under load': [
    ['keep-alive, 20 clients: broken a run', 'keep-alive load', broken],
    ['new connections, 20 clients: broken a run', 'new connections', broken],
    ['keep-alive, with a database: answers of 500, and broken connections', 'with a database', serverErrors],
  ],
  Connections: [
    ['10 requests of 2 s: answered', '10 in flight', answered],
    ['two servers: the other one’s request', 'two servers', answered],
    ['HTTP/2, an idle session', 'HTTP/2 session', ended],
    ['WebSocket: close code', 'WebSocket', (runs) => `${String(runs[0].code)}; ${ended(runs)}`],
    ['event stream', 'event stream', (runs) => `${runs[0].stream}; ${ended(runs)}`],
    ['an idle connection', 'idle connection', ended],
    ['nothing open', 'idle', ended],
  ],
  Faults: [
    ['a hook rejects: the other one', 'hook rejects', otherHook],
    ['a hook throws: the other one', 'hook throws', otherHook],
    ['a hook hangs: the other one', 'hook hangs', otherHook],
    ['a hook blocks the thread', 'hook blocks', otherHook],
    ['second SIGTERM, 0.3 s after the first, in a hook of 3 s', 'second SIGTERM', ended],
    ['SIGTERM while starting', 'while starting', starting],
    ['uncaught exception: 5 requests, hooks', 'uncaught exception', crashed],
  ],
};

/** A table with a row for each peer. */
const summary = (results, columns) =>
  markdownTable([
    ['', ...columns.map(([head]) => head)],
    ...PEERS.map((peer) => [
      peer.title,
      ...columns.map(([, key, cell]) => {
        const runs = results[peer.name][key];
        return runs === undefined ? '–' : cell(runs);
      }),
    ]),
  ]);

/** All runs of one scenario, in one or two lines. */
function rawLines(key, runs) {
  const parts = [];
  if (runs[0].broken !== undefined) parts.push(`broken ${runs.map((run) => run.broken).join(' ')}`);
  if (runs[0].errors !== undefined) {
    const kinds = distinct(runs.flatMap(({ errors }) => Object.keys(errors))).sort();
    const total = (kind) => runs.reduce((sum, { errors }) => sum + (errors[kind] ?? 0), 0);
    if (kinds.length > 0) parts.push(`by kind ${kinds.map((kind) => `${kind} ${String(total(kind))}`).join(', ')}`);
  }
  for (const what of ['code', 'stream', 'error'])
    if (runs[0][what] !== undefined) parts.push(`${what} ${runs[0][what]}`);
  if (runs[0].of !== undefined) parts.push(`answered ${runs.map((run) => run.answered).join(' ')} of ${runs[0].of}`);
  parts.push(distinct(runs.map(statusOf)).join(' or '));
  parts.push(`seconds ${runs.map(({ ms }) => seconds(ms)).join(' ')}`);
  parts.push(`hooks ${distinct(runs.map(({ hooks }) => hooks.join('+') || 'none')).join(' or ')}`);
  const said = runs.map((run) => run.said).filter((line) => line !== '');
  return [`${key}: ${parts.join('; ')}`, ...said.slice(0, 1).map((line) => `    ${printable(line)}`)];
}

/** Removes paths of this machine and the ports of one run, which mean nothing to a reader. */
const printable = (line) =>
  line
    .replaceAll(root, '.')
    .replace(/\b(127\.0\.0\.1|http) ?:?\d{5}\b/g, '$1')
    .slice(0, 200);

function everyRun(results) {
  const sections = PEERS.map((peer) => {
    const lines = Object.entries(results[peer.name]).flatMap(([key, runs]) => rawLines(key, runs));
    return `## ${peer.title}\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\``;
  });
  return sections.join('\n\n');
}

/** The tables of docs/comparison.md, by their titles. */
export const tables = (results) =>
  Object.fromEntries(Object.entries(TABLES).map(([title, columns]) => [title, summary(results, columns)]));

/** Three rows for the README: Node alone, close-with-grace and ours. */
export function shortTable(results) {
  const of = (name) => results[name]['keep-alive load'];
  const rows = ['bare', 'close-with-grace', 'triphase'].map((name) => {
    const runs = of(name);
    const { title } = PEERS.find((peer) => peer.name === name);
    return [title, `${span(runs.map((run) => run.broken))} of 20 clients`, ended(runs)];
  });
  return markdownTable([['', 'broken requests', 'end'], ...rows]);
}

/** Writes the tables between the marks of docs/comparison.md, and every run into benchmarks/LIFECYCLE.md. */
export async function writePages({ results, date, loads, commit }) {
  const versions = PEERS.map((peer) => `${peer.packageName ?? peer.title} ${versionOf(peer)}`).join(', ');
  const about = `
Written by \`npm run bench:lifecycle\` on ${date.slice(0, 10)}, commit ${commit}, Node ${process.versions.node}, ${String(availableParallelism())} cores, load average
${loads.map((load) => load[0].toFixed(1)).join(' before and ')} after. ${versions}.
`;
  const all = Object.entries(tables(results)).map(([title, text]) => `### ${title}\n\n${text}`);
  await writeSection(join(root, 'docs', 'comparison.md'), 'figures', `${about}\n${all.join('\n\n')}`);
  await writeSection(join(root, 'benchmarks', 'LIFECYCLE.md'), 'figures', `${about}\n${everyRun(results)}`);
}
