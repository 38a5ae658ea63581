import { resource } from '@triphase/core';
import { NodeReactor, runService, type NodeReactorOptions } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createListener, type AddressInfo } from 'node:net';
import { say } from './steps.ts';

/** A port that is taken for as long as the process lives. */
async function takenPort(): Promise<number> {
  const server = createListener().listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // as: it listens on a port
}

/** The plainest way to listen; its error is Node's own. */
async function listens(port: number): Promise<void> {
  await once(createServer().listen(port, '127.0.0.1'), 'listening');
}

const starts = {
  serveHttp: (port: number) => serveHttp(createServer(), { port, hostname: '127.0.0.1' }),
  resource: (port: number) => resource('http', () => listens(port)),
} as const;

async function startOn(how: keyof typeof starts, options?: NodeReactorOptions): Promise<unknown> {
  const app = new NodeReactor(options);
  app.use(starts[how](await takenPort()));
  return app.run();
}

const broken = (): never => {
  throw new Error('this cannot be shown');
};

/** Starts that fail, at the top level of a program; and uncaught errors that are hard to print. */
export const failedStarts = {
  portTakenServeHttp: () => startOn('serveHttp'),
  portTakenResource: () => startOn('resource'),
  portTakenInSetup: async () => {
    const port = await takenPort();
    await runService(() => listens(port));
  },
  portTakenNotAwaited: () => {
    void startOn('resource');
    return Promise.resolve();
  },
  portTakenCaught: () =>
    startOn('resource').catch((error: unknown) => {
      console.error(error);
    }),
  portTakenOnError: () => startOn('resource', { onError: (error) => say(`onError: ${(error as Error).message}`) }),

  bugInStart: async () => {
    const app = new NodeReactor();
    app.use({ name: 'db', startup: { during: broken } });
    await app.run();
  },

  asyncOnErrorRejects: async () => {
    const app = new NodeReactor({ onError: () => Promise.reject(new Error('sentry is down')) as never });
    app.callSoon(broken);
    app.callWhenRunning(() => say('running'));
    await app.run();
  },

  loggerRejects: async () => {
    const rejects = () => Promise.reject(new Error('the disk is full')) as never; // as: types allow no promise
    const app = new NodeReactor({ logger: { info: rejects, warn: rejects, error: rejects } });
    app.callSoon(broken);
    app.callWhenRunning(() => say('running'));
    await app.run();
  },

  uncaughtWithoutStack: () => throwsUncaught(Object.defineProperty(new Error('x'), 'stack', { get: broken })),
  uncaughtWithoutInspection: () =>
    throwsUncaught(Object.assign(new Error('hidden'), { [Symbol.for('nodejs.util.inspect.custom')]: broken })),

  forgedNames: async () => {
    const app = new NodeReactor();
    const forged = 'x\nforged line\r\u001b[2J';
    app.callWhenRunning(() => {
      for (let i = 0; i < 10_000; i++)
        app.on('shutdown', () => new Promise(() => {}), { name: `${forged}${String(i)}` });
      say('running');
    });
    await app.run();
  },
};

async function throwsUncaught(error: Error): Promise<void> {
  const app = new NodeReactor();
  app.on('shutdown', () => say('shutdown'));
  app.callWhenRunning(() => {
    setTimeout(() => {
      throw error;
    });
  });
  await app.run();
}
