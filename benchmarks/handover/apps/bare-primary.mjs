/**
 * A primary of node:cluster without a library, as Node's documentation shows it. On SIGUSR2 it replaces its workers, one after the other: it forks a
 * new worker, waits until it listens, and calls `disconnect()` on the old one. A worker that has not ended after 2 s is killed.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';

cluster.setupPrimary({ exec: join(import.meta.dirname, 'plain.mjs') });
const fork = async () => {
  const worker = cluster.fork();
  await once(worker, 'listening');
  return worker;
};
let workers = await Promise.all(Array.from({ length: Number(process.env.WORKERS) }, fork));
process.on('SIGUSR2', async () => {
  const next = [];
  for (const old of workers) {
    next.push(await fork());
    const exited = once(old, 'exit');
    old.disconnect();
    const timeout = setTimeout(() => old.kill(), 2_000);
    await exited;
    clearTimeout(timeout);
  }
  workers = next;
  console.log('reloaded');
});
console.log('ready');
