/** The program that benchmarks/life.mjs stops: a small service, or script, with one fault. The first argument names the fault. */
import { sleep } from '@triphase/core';
import { runMain, runService, watchdog } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';

const fault = process.argv[2];
const never = () => new Promise(() => undefined);
const running = () => console.log('running');
const options = {
  limits: { shutdown: { deadline: 1_000 } },
  watchdog: fault === 'block' && watchdog(),
  onError: (error, { name }) => console.error(`error in ${name}: ${error.message}`),
};

/** The shutdown trigger of each fault that has one. */
const shutdowns = (app) => ({
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
  exits: () => process.exit(0),
});

function setup(app) {
  const server = createServer((_request, response) => response.end('hello\n'));
  app.use(serveHttp(server, { port: 0, hostname: '127.0.0.1' }));
  if (fault === 'starting' || fault === 'startHangs') {
    app.on('startup', {
      before: ({ signal }) => {
        running();
        return fault === 'starting' ? new Promise((resolve) => signal.addEventListener('abort', resolve)) : never();
      },
    });
  } else if (fault !== 'setupHangs') app.on('startup', { after: running });
  const shutdown = shutdowns(app)[fault];
  if (shutdown !== undefined) app.on('shutdown', shutdown, { name: 'flush' });
  if (fault === 'last') app.on('shutdown', { after: never }, { name: 'farewell' });
  if (fault === 'second') app.on('shutdown', () => console.log('stopping'));
  if (fault === 'held') setInterval(() => undefined, 3_600_000);
  if (fault !== 'setupHangs') return undefined;
  running();
  return never();
}

async function main(app) {
  running();
  await sleep(app, 3_600_000);
}

await (fault === 'script' ? runMain(main, options) : runService(setup, options));
