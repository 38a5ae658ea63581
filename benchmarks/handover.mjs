/**
 * `npm run bench:handover`: replaces the processes of a service under 40 clients, by PM2, by node:cluster and by `runCluster`, and writes what
 * the clients saw into docs/comparison.md (H6). No request is repeated. About half an hour. `-- pm2 triphase` runs these peers alone;
 * `--reloads 3` runs so many instead of 100; either prints, and writes nothing.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../scripts/command.mjs';
import { freePort, Load } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { writeSection } from '../scripts/page-section.mjs';

const CLIENTS = 40;
const RELOADS = 100;
/** The number of answers between one reload and the next. */
const BETWEEN = 100;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { reloads: { type: 'string' } } });
const reloads = Number(values.reloads ?? RELOADS);

const { code, output } = await run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
if (code !== 0) throw new Error(output.trim());
const { PEERS } = await import('./handover/peers.mjs');
const peers = positionals.length === 0 ? PEERS : PEERS.filter(({ name }) => positionals.includes(name));
if (peers.length < positionals.length) throw new Error(`the peers are ${PEERS.map(({ name }) => name).join(', ')}`);
for (const { lacking } of peers) if (lacking !== undefined) throw new Error(lacking);

/** One service, reloaded under load: `{ answered, broken, refused, errors, pids, seconds }`. */
async function measure(peer, { workers, keepAlive }) {
  const port = await freePort();
  const service = await peer.start({ workers, port });
  const pids = new Set();
  try {
    // A client whose connection is refused counts that, and goes on.
    const load = new Load({
      port,
      clients: CLIENTS,
      keepAlive,
      patient: true,
      onAnswer: (_status, pid) => pids.add(pid),
    });
    load.start();
    await load.answers(BETWEEN);
    let ms = 0;
    for (let n = 0; n < reloads; n++) {
      const since = performance.now();
      await service.reload();
      ms += performance.now() - since;
      await load.answers(BETWEEN);
    }
    const { answered, broken, refused, errors } = await load.stop();
    return { answered, broken, refused, errors, pids: pids.size, seconds: (ms / reloads / 1_000).toFixed(2) };
  } finally {
    await service.end();
  }
}

const line = (cells) => `| ${cells.join(' | ')} |`;
const number = (n) => n.toLocaleString('en-US');
const before = loadavg()[0];
const rows = [];
for (const workers of [1, 2])
  for (const keepAlive of [true, false])
    for (const peer of peers) {
      const result = await measure(peer, { workers, keepAlive });
      console.log(`${peer.name}, ${workers} worker(s), keep-alive ${keepAlive}: ${JSON.stringify(result)}`);
      const { answered, broken, refused, errors, pids, seconds } = result;
      const kinds = Object.entries(errors).map(([kind, n]) => `${number(n)} × \`${kind}\``);
      const shown = broken === 0 ? '0' : `${number(broken)} (${kinds.join(', ')})`;
      const clients = keepAlive ? 'keep-alive' : 'new connections';
      rows.push(line([peer.title, workers, clients, number(answered), shown, number(refused), pids, seconds]));
    }

const head = ['', 'workers', 'clients', 'answered', 'broken', 'refused', 'processes that answered', 'seconds a reload'];
const text = `
${line(head)}
${line(['---', '--:', '---', '--:', '--:', '--:', '--:', '--:'])}
${rows.join('\n')}

${number(reloads)} reloads each, ${CLIENTS} clients. Written by \`npm run bench:handover\` on ${new Date().toISOString().slice(0, 10)}, commit
${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()}, Node ${process.versions.node}, ${availableParallelism()} cores, load average ${before.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; PM2 ${PEERS.find(({ name }) => name === 'pm2').version}.

`;
console.log(text);
if (peers.length === PEERS.length && reloads === RELOADS) {
  await writeSection(join(root, 'docs', 'comparison.md'), 'handover', text);
}
