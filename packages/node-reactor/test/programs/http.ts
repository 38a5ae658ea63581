import { addService, resource, restartService } from '@triphase/core';
import { runService, type NodeReactor } from '@triphase/node-reactor';
import { serveHttp, type ServeHttpOptions } from '@triphase/node-reactor/http';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { say } from './steps.ts';

function serve(app: NodeReactor, listener: RequestListener, options: ServeHttpOptions = {}): void {
  const http = app.use(serveHttp(createServer(listener), { port: 0, hostname: '127.0.0.1', ...options }));
  app.on('startup', { after: () => say(`port ${http.port}`) });
}

/** Programs that serve HTTP: N13–N17. */
export const http: Readonly<Record<string, () => Promise<unknown>>> = {
  serves: async () => {
    await runService((app) => serve(app, (_request, response) => response.end('hello\n')));
    say('every request is answered');
  },

  servesFromDatabase: () =>
    runService((app) => {
      let isOpen = true;
      const close = (): void => {
        isOpen = false;
      };
      const db = app.use(resource('db', () => 'db', close));
      const answer: RequestListener = (_request, response) => {
        void wait(5).then(() => {
          response.statusCode = isOpen ? 200 : 500;
          response.end('hello\n');
        });
      };
      serve(app, answer, { needs: [db] });
    }),

  restartsDatabase: () =>
    runService((app) => {
      const db = app.use(resource('db', () => wait(20, 'db')));
      serve(app, (_request, response) => void wait(2).then(() => response.end(db.value)), { needs: [db] });
      let restarts = 0;
      process.on('SIGUSR2', () => {
        void restartService(app, db).then(() => say(`restarted ${++restarts}`));
      });
    }),

  hangsInRequest: () =>
    runService((app) => serve(app, () => say('request'), { drainTimeout: 100 }), {
      limits: { shutdown: { deadline: 10_000 } },
    }),

  throwsInHandler: () =>
    runService((app) =>
      serve(app, (request, response) => {
        if (request.url === '/throw') throw new Error('handler');
        response.end('hello\n');
      }),
    ),

  forgetsUse: () =>
    runService((app) => {
      serveHttp(createServer(), { port: 0, name: 'shop' });
      const later = serveHttp(createServer(), { port: 0, hostname: '127.0.0.1', name: 'added in time' });
      app.on('startup', { after: () => void addService(app, later).then(() => app.stop()) });
    }),

  hasNoReactor: async () => {
    serveHttp(createServer(), { port: 0 });
    serveHttp(createServer(), { port: 0, name: 'shop' });
    await Promise.resolve();
  },

  usesServerMadeBefore: async () => {
    const http = serveHttp(createServer(), { port: 0, hostname: '127.0.0.1' });
    await runService((app) => {
      app.use(http);
      app.callWhenRunning(() => void app.stop());
    });
    say('served');
  },

  clusterWorker: async () => {
    if (cluster.isWorker) {
      await runService((app) => serve(app, (_request, response) => response.end('hello\n')));
      return;
    }
    const worker = cluster.fork();
    worker.on('exit', (code) => say(`worker ${String(code)}, left by itself: ${String(worker.exitedAfterDisconnect)}`));
    process.once('SIGUSR2', () => worker.process.kill('SIGTERM'));
    await new Promise((resolve) => worker.once('exit', resolve));
  },

  failedClusterWorker: async () => {
    if (cluster.isWorker) {
      await runService((app) => {
        serve(app, (_request, response) => response.end('hello\n'));
        app.on('shutdown', () => Promise.reject(new Error('disk full')));
      });
      return;
    }
    const worker = cluster.fork();
    process.once('SIGUSR2', () => worker.process.kill('SIGTERM'));
    const [code] = (await once(worker, 'exit')) as [number];
    say(`worker ${String(code)}`);
  },
};
