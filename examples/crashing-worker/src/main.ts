// A worker thread computes hashes for an HTTP server. When the thread crashes it comes back, and the requests that wait are answered then.
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
  const waiting: Map<string, ServerResponse[]> = new Map(); // who waits for the hash of a path
  let thread: Worker | undefined;

  await runService((app) => {
    const hasher = app.use(
      background(
        'hasher',
        async ({ signal, ready }) => {
          const worker = new Worker(new URL(import.meta.url));
          worker.on('message', ([path, answer]: [string, string]) => {
            for (const response of waiting.get(path) ?? []) response.end(answer);
            waiting.delete(path);
          });
          await once(worker, 'online');
          for (const path of waiting.keys()) worker.postMessage(path); // a crash has left these
          thread = worker;
          ready();
          try {
            await once(worker, 'exit', { signal }); // rejects with the error of the thread, and when the stop comes
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
      else waiting.set(path, [...(waiting.get(path) ?? []), response]);
      thread?.postMessage(path);
    });
    app.use(serveHttp(server, { port: Number(process.env['PORT'] ?? 3000), needs: [hasher] }));
    app.on('startup', { after: () => console.log('ready') });
  });
}
