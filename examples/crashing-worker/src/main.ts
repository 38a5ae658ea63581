// A worker thread computes hashes for an HTTP server. When the thread crashes, a new one starts and answers the pending requests.
import { background } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) await serve();
else parentPort?.on('message', (path: string) => parentPort?.postMessage([path, hash(path)]));

function hash(path: string): string {
  if (path === '/crash') throw new Error('the thread has crashed');
  return createHash('sha256').update(path).digest('hex');
}

async function serve(): Promise<void> {
  const pending: Map<string, ServerResponse[]> = new Map(); // by the path that is to be hashed
  let thread: Worker | undefined;

  await runService((app) => {
    const hasher = app.use(
      background(
        'hasher',
        async ({ signal, ready }) => {
          const worker = new Worker(new URL(import.meta.url));
          worker.on('message', ([path, answer]: [string, string]) => {
            for (const response of pending.get(path) ?? []) response.end(answer);
            pending.delete(path);
          });
          await once(worker, 'online');
          for (const path of pending.keys()) worker.postMessage(path); // pending since the crash
          thread = worker;
          ready();
          try {
            await once(worker, 'exit', { signal }); // rejects when the thread throws, and when the stop begins
            throw new Error('the thread has ended');
          } finally {
            thread = undefined;
            await worker.terminate();
          }
        },
        { manualReady: true, restart: { delay: 200, giveUpAfter: 5 } },
      ),
    );
    const server = createServer(({ url: path = '/' }, response) => {
      if (path === '/crash') response.end();
      else pending.set(path, [...(pending.get(path) ?? []), response]);
      thread?.postMessage(path);
    });
    app.use(serveHttp(server, { port: Number(process.env['PORT'] ?? 3000), needs: [hasher] }));
    app.on('startup', { after: () => console.log('ready') });
  });
}
