import { sleep } from '@triphase/core';
import { runMain, runService } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { live, say } from './steps.ts';

/** Programs that call `process.exit()`: N22. */
export const exits = {
  exitsWhileStopping: async () => {
    process.once('SIGTERM', () => setTimeout(() => process.exit(0), 50));
    await runService((app) => {
      app.on('startup', { after: () => say('running') });
      app.on('shutdown', () => wait(60_000), { name: 'flush' });
    });
  },

  exitsAfterFailure: async () => {
    await live({}, (reactor) => {
      reactor.on('shutdown', {
        before: () => {
          throw new Error('no');
        },
        during: () => {
          process.exit();
        },
      });
    });
  },

  exitsAtAnyTime: async () => {
    await runService((app) => {
      app.on('startup', { after: () => setImmediate(() => process.exit(Number(process.env.STATUS))) });
    });
  },

  exitsInSetup: () => runService(() => process.exit()),

  exitsInMain: async () => {
    await runMain(() => {
      say('usage: …');
      process.exit(0);
    });
  },

  exitsInMainWhileStopping: async () => {
    await runMain(async (app) => {
      app.on('shutdown', () => wait(60_000), { name: 'flush' });
      app.signal.addEventListener('abort', () => setTimeout(() => process.exit(0), 50));
      say('running');
      await sleep(app, 60_000);
    });
  },

  exitsWhileRunning: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => process.exit(0));
    }),
};
