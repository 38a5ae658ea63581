/**
 * `npm run bench:handover`: replaces the processes of a service while 40 clients use it, with PM2, node:cluster, Watt and `runCluster`. Writes the
 * errors that clients saw into docs/comparison.md (H6). No request is sent again. Takes about ten minutes: `runCluster` reloads 100 times, the others
 * as often as they can in 15 s.
 *
 * `-- pm2 triphase` runs only these peers. `--reloads 3` reloads at most three times. Both only print, and write nothing.
 */
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackages, currentCommit } from '../scripts/command.mjs';
import { installPeersIn } from './harness/peers.mjs';
import { freePort, Load } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { markdownTable, writeSection } from '../scripts/page-section.mjs';

const CLIENTS = 40;
const RELOADS = 100;
/** The other peers reload for this time, and at least PEER_RELOADS times. Milliseconds. */
const PEER_MS = 15_000;
const PEER_RELOADS = 2;
/** A step of a peer that takes longer has failed. Milliseconds. */
const LIMIT_MS = 60_000;
/** The number of answers between one reload and the next. */
const BETWEEN = 100;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { reloads: { type: 'string' } } });
const reloads = Number(values.reloads ?? RELOADS);

await buildPackages();
const { PEERS } = await import('./handover/peers.mjs'); // loads our built packages
if (positionals.length === 0 || positionals.includes('watt')) {
  installPeersIn('handover/watt', ['--engine-strict=false']); // Watt runs on Node 24 of runtime-tests
}
const peers = positionals.length === 0 ? PEERS : PEERS.filter(({ name }) => positionals.includes(name));
if (peers.length < positionals.length) throw new Error(`the peers are ${PEERS.map(({ name }) => name).join(', ')}`);
for (const { lacking } of peers) if (lacking !== undefined) throw new Error(lacking);

/** Rejects if `promise` doesn't settle in time, so that a peer that hangs doesn't stop the others. `what`: its name in the error. */
async function within(what, promise) {
  let limit;
  const over = new Promise((_resolve, reject) => {
    limit = setTimeout(() => reject(new Error(`${what} takes longer than ${LIMIT_MS / 1_000} s`)), LIMIT_MS);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(limit);
  }
}

/**
 * Reloads one service under load. Returns `{ answered, broken, refused, errors, ids, done, seconds }`. `ids`: the number of processes or threads that
 * answered. `done`: the number of reloads. `seconds`: the mean time of a reload.
 */
async function measure(peer, { workers, keepAlive }) {
  const port = await freePort();
  const service = await within('the start', peer.start({ workers, port }));
  const ids = new Set();
  // `patient`: a client whose connection is refused counts that, and tries again.
  const load = new Load({ port, clients: CLIENTS, keepAlive, patient: true, onAnswer: (_status, id) => ids.add(id) });
  try {
    load.start();
    await within('the first answers', load.answers(BETWEEN));
    let ms = 0;
    let done = 0;
    while (done < reloads && (peer.name === 'triphase' || done < PEER_RELOADS || ms < PEER_MS)) {
      const since = performance.now();
      await within('a reload', service.reload());
      ms += performance.now() - since;
      done++;
      await within('the answers after a reload', load.answers(BETWEEN));
    }
    const { answered, broken, refused, errors } = await within('the end of the load', load.stop());
    return { answered, broken, refused, errors, ids: ids.size, done, seconds: (ms / done / 1_000).toFixed(2) };
  } finally {
    void load.stop(); // also after an error: otherwise the clients would never stop
    await service.end();
  }
}

const versionOf = (wanted) => PEERS.find(({ name }) => name === wanted).version;
const number = (n) => n.toLocaleString('en-US');
const before = loadavg()[0];
const startedAt = performance.now();
const rows = [];
for (const workers of [1, 2])
  for (const keepAlive of [true, false])
    for (const peer of peers) {
      const clients = keepAlive ? 'keep-alive' : 'new connections';
      const began = performance.now();
      let result;
      try {
        result = await measure(peer, { workers, keepAlive });
      } catch (error) {
        if (peer.name === 'triphase') throw error;
        console.log(`${peer.name}, ${workers} worker(s), keep-alive ${keepAlive}: ${error.stack}`);
        rows.push([peer.title, workers, clients, '–', '–', `gave up: ${error.message.split('\n')[0]}`, '–', '–', '–']);
        continue;
      }
      const took = Math.round((performance.now() - began) / 1_000);
      console.log(`${peer.name}, ${workers} worker(s), keep-alive ${keepAlive}, ${took} s: ${JSON.stringify(result)}`);
      const { answered, broken, refused, errors, ids, done, seconds } = result;
      const kinds = Object.entries(errors).map(([kind, n]) => `${number(n)} × \`${kind}\``);
      const shown = broken === 0 ? '0' : `${number(broken)} (${kinds.join(', ')})`;
      rows.push([peer.title, workers, clients, done, number(answered), shown, number(refused), ids, seconds]);
    }

const head = [
  '',
  'workers',
  'clients',
  'reloads',
  'answered',
  'broken',
  'refused',
  'processes or threads that answered',
  'seconds a reload',
];
const text = `
${markdownTable([head, ...rows], [1, 3, 4, 5, 6, 7, 8])}

${CLIENTS} clients; \`runCluster\` reloads ${number(reloads)} times, the others as often as they can in ${PEER_MS / 1_000} s. Written by \`npm run bench:handover\` on ${new Date().toISOString().slice(0, 10)}, commit
${currentCommit()}, Node ${process.versions.node}, ${availableParallelism()} cores, load average ${before.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; PM2 ${versionOf('pm2')}, Watt ${versionOf('watt')} on Node 24, since it does not run on an older one.

`;
console.log(text);
console.log(`total: ${Math.round((performance.now() - startedAt) / 1_000)} s`);
if (peers.length === PEERS.length && reloads === RELOADS) {
  await writeSection(join(root, 'docs', 'comparison.md'), 'handover', text);
}
