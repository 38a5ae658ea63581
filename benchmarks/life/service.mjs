/** A small service with one fault, named by its first argument: what benchmarks/life.mjs sends signals to. */
import { resource, sleep } from '@triphase/core';
import { createNodeReactor } from '@triphase/node-reactor';
import { createServer } from 'node:http';
import { once } from 'node:events';

const fault = process.argv[2];
const never = () => new Promise(() => undefined);
const app = createNodeReactor({
  limits: { shutdown: { deadline: 1_000 } },
  watchdog: fault === 'block',
  onError: (error, { name }) => console.error(`error in ${name}: ${error.message}`),
});

const shutdowns = {
  throw: () => {
    throw new Error('disk full');
  },
  reject: () => Promise.reject(new Error('disk full')),
  never,
  block: () => {
    for (;;);
  },
  slow: () => sleep(app, 300),
  second: never,
  uncaught: () => {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    return sleep(app, 10);
  },
};

app.use(
  resource(
    'http',
    async () => {
      const server = createServer((_request, response) => response.end('hello\n')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    },
    (server) => new Promise((resolve) => server.close(resolve)),
  ),
);
const running = () => console.log('running');
if (fault === 'starting' || fault === 'startHangs') {
  app.on('startup', {
    before: ({ signal }) => {
      running();
      return fault === 'starting' ? new Promise((resolve) => signal.addEventListener('abort', resolve)) : never();
    },
  });
} else app.on('startup', { after: running });
if (shutdowns[fault] !== undefined) app.on('shutdown', shutdowns[fault], { name: 'flush' });
if (fault === 'last') app.on('shutdown', { after: never }, { name: 'farewell' });
if (fault === 'second') app.on('shutdown', () => console.log('stopping'));
if (fault === 'held') setInterval(() => undefined, 3_600_000);

await app.run();
