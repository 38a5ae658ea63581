// Deploys two versions in turn, ten times, while 40 clients send one request after the other and never repeat one.
import { reloadCluster } from '@triphase/node-reactor/cluster';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, Load } from '../../../scripts/http-load.mjs';
import { AnswersOverTime } from './answers-over-time.ts';
import { Deployment } from './deployment.ts';

const WORKERS = 2;
const RELOADS = Number(process.argv[2] ?? 10);
const CLIENTS = 40;
/** Number of answers between two reloads. */
const ANSWERS_BETWEEN = 500;

const deployment = new Deployment(import.meta.dirname);
const port = await freePort();
const primary = spawn(process.execPath, [join(import.meta.dirname, 'primary.mjs'), deployment.main, String(WORKERS)], {
  env: { ...process.env, PORT: String(port) },
  stdio: ['ignore', 'pipe', 'ignore'],
});
const exited = once(primary, 'exit');
const isReady = await Promise.race([once(primary.stdout, 'data').then(() => true), exited.then(() => false)]);
if (!isReady) throw new Error('the cluster did not start');

const answers = new AnswersOverTime();
const load = new Load({
  port,
  clients: CLIENTS,
  body: () => '[1, 2, 3]',
  onAnswer: (_status, body) => {
    answers.add(body.includes('entries') ? 'v2' : 'v1');
  },
}).start();
await load.answers(ANSWERS_BETWEEN);

console.log(`${CLIENTS} keep-alive clients, ${WORKERS} workers, ${RELOADS} reloads; no request is repeated\n`);
const printRow = (...cells: readonly (string | number)[]): void => {
  console.log(cells.map((cell, index) => String(cell).padStart(index === 0 ? 7 : 10)).join(' '));
};
printRow('reload', 'version', 'seconds', 'requests', 'broken', 'refused');
const { counts } = load;
let failures = 0;
for (let reload = 1; reload <= RELOADS; reload++) {
  const version = reload % 2 === 1 ? 'v2' : 'v1';
  deployment.deploy(version);
  const startedAt = performance.now();
  const { ok, text } = await reloadCluster(Number(primary.pid));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(2);
  if (!ok) {
    failures++;
    console.log(text);
  }
  await load.answers(ANSWERS_BETWEEN);
  printRow(reload, version, seconds, counts.answered, counts.broken, counts.refused);
}
const { answered, broken, refused, errors } = await load.stop();
primary.kill('SIGTERM');
const [status] = (await exited) as [number];
deployment[Symbol.dispose]();

console.log(`\nwhich version answered:\n${answers.plot()}\n`);
const kinds = Object.entries(errors).map(([kind, count]) => `, ${count} × ${kind}`);
console.log(
  `${answered} requests answered, ${broken} broken, ${refused} refused${kinds.join('')}; exit status ${status}`,
);
process.exitCode = broken + refused + failures + status === 0 ? 0 : 1;
