/**
 * `npm run bench:serve`: stops servers on Node, Deno and Bun under the load of N15 (20 clients, then SIGTERM), alone and under `serve`, `serveDeno`,
 * `serveBun` and `serveHttp`. Each runs 20 times with keep-alive and 20 times with new connections. Writes the counts into docs/comparison.md. Takes
 * about three minutes on a quiet machine. `--runs 3` runs each three times and writes nothing.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bun, deno, lacking, nodes } from '../runtime-tests/conformance/runtimes.mjs';
import { currentCommit } from '../scripts/command.mjs';
import { stopUnderLoad } from '../scripts/http-load.mjs';
import { checkBuilt, installPacked } from '../scripts/packed-project.mjs';
import { root } from '../scripts/packages.mjs';
import { markdownTable, writeSection } from '../scripts/page-section.mjs';

const RUNS = 20;

const node = { ...nodes[0], args: [] };
const onDeno = { ...deno, args: [...deno.args, '--allow-net', '--allow-env', '--node-modules-dir=manual'] };
const onBun = { ...bun, args: [] };
const rows = [
  { host: node, title: '`node:http`, `close()`', file: 'bare-node.mjs' },
  { host: node, title: '`serve`', file: 'serve.mjs' },
  { host: onDeno, title: '`Deno.serve`, `shutdown()`', file: 'bare-deno.mjs' },
  { host: onDeno, title: '`serveDeno`', file: 'serve-deno.mjs' },
  { host: onDeno, title: '`serve`', file: 'serve.mjs' },
  { host: onBun, title: '`Bun.serve`, `stop()`', file: 'bare-bun.mjs' },
  { host: onBun, title: '`serveBun`', file: 'serve-bun.mjs' },
  { host: onBun, title: '`serve`', file: 'serve.mjs' },
  { host: onBun, title: '`node:http`, `close()`', file: 'bare-node.mjs' },
  { host: onBun, title: '`serveHttp`', file: 'serve-http.mjs' },
];

const { values } = parseArgs({ options: { runs: { type: 'string', default: String(RUNS) } } });
const runs = Number(values.runs);
const missing = lacking([node, onDeno, onBun]);
if (missing !== undefined || !(runs > 0)) {
  console.error(`bench:serve: ${missing ?? '--runs takes a number'}`);
  process.exit(1);
}

/** Returns `{ broken, ended }`: for each run the number of broken requests, and how the process ended. */
async function measure({ host, file }, folder, keepAlive) {
  const broken = [];
  const ended = [];
  for (let run = 0; run < runs; run++) {
    const stopped = await stopUnderLoad([host.program, ...host.args, join(folder, file)], { keepAlive });
    broken.push(stopped.broken);
    ended.push(`${String(stopped.status)} in ${(stopped.ms / 1_000).toFixed(2)} s`);
  }
  return { broken, ended };
}

const span = (numbers) => `${Math.min(...numbers)}–${Math.max(...numbers)}`;
const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

async function measureAll(folder) {
  const lines = [
    [
      'host',
      'the program uses',
      'broken, keep-alive: sum, span',
      'broken, new connections',
      'every run: keep-alive; new',
    ],
  ];
  for (const row of rows) {
    const cells = [await measure(row, folder, true), await measure(row, folder, false)];
    const counts = cells.map(({ broken }) => `${sum(broken)} (${span(broken)})`);
    const raw = cells.map(({ broken }) => broken.join(' ')).join('; ');
    const line = [row.host.name, row.title, ...counts, raw];
    console.log(line.join(' | '), cells.map(({ ended }) => [...new Set(ended)].slice(0, 4).join(', ')).join('; '));
    lines.push(line);
  }
  return markdownTable(lines);
}

async function write(table, loads) {
  const file = join(root, 'docs', 'comparison.md');
  const versions = [node, onDeno, onBun].map(({ program }) =>
    execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0].trim(),
  );
  const [node20, deno2, bun1] = versions;
  const text = `
Written by \`npm run bench:serve\` on ${new Date().toISOString().slice(0, 10)}, commit ${currentCommit()}: Node ${node20}, ${deno2}, Bun ${bun1}; load average
${loads.map((load) => load[0].toFixed(1)).join(' before and ')} after. ${String(runs)} stops for each figure, 20 clients.

${table}
`;
  await writeSection(file, 'hosts', text);
}

checkBuilt();
const folder = mkdtempSync(join(tmpdir(), 'triphase-bench-serve-'));
try {
  await installPacked(folder);
  cpSync(join(import.meta.dirname, 'serve'), folder, { recursive: true });
  const before = loadavg();
  const table = await measureAll(folder);
  if (runs === RUNS) await write(table, [before, loadavg()]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
