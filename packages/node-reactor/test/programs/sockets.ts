import { StartupFailedError } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { ListenError, serveHttp, type ServeHttpOptions } from '@triphase/node-reactor/http';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { say } from './steps.ts';

/** Answers after a moment, so that requests are under way at any time. */
function slowServer(text = 'hello\n'): Server {
  return createServer((_request, response) => {
    void wait(20).then(() => response.end(text));
  });
}

/** Serves on each of these, and says why it can't. */
async function serveOn(...fds: readonly ServeHttpOptions['fd'][]): Promise<void> {
  try {
    await runService(
      (app) => {
        const services = fds.map((fd) =>
          app.use(serveHttp(slowServer(`${String(fd)}\n`), { fd, name: `on ${String(fd)}` })),
        );
        app.on('startup', { after: () => say(`pid ${process.pid} ${services.map(({ url }) => url).join(' ')}`) });
      },
      { onError: () => {} },
    );
    say('stopped');
  } catch (error) {
    const why = rootOf(error);
    say(`${why.constructor.name} ${String(why instanceof ListenError)}: ${why.message}`);
  }
}

/** What a start failed of, or the error itself. */
function rootOf(error: unknown): Error {
  return (error instanceof StartupFailedError ? error.result.reason.cause : error) as Error; // as: they are errors
}

/** Programs that listen on sockets of systemd: N19. */
export const sockets: Readonly<Record<string, () => Promise<unknown>>> = {
  onTheSocket: () => serveOn('systemd'),

  onFileDescriptor: () => serveOn(3),

  onNamedSockets: () => serveOn('systemd:web', 'systemd:admin'),

  onUnknownSocket: () => serveOn('systemd:metrics'),

  onTheSocketTwice: () => serveOn('systemd', 'systemd'),

  onTheSocketInWorkers: async () => {
    if (cluster.isWorker) {
      await serveOn('systemd');
      return;
    }
    const worker = cluster.fork();
    process.once('SIGTERM', () => worker.process.kill('SIGTERM'));
    await once(worker, 'exit');
  },
};
