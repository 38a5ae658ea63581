import { resource, sleep } from '@triphase/core';
import { runMain, runService } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { say } from './steps.ts';

/** `runMain` and `runService`, as scripts and services call them: at the top level. */
export const mains = {
  mainEnds: async () => {
    const { reason } = await runMain(async (reactor) => {
      await sleep(reactor, 1);
      say('main');
    });
    say(`over: ${reason.kind}`);
  },

  mainRejects: async () => {
    const { reason, errors } = await runMain(async function backup(reactor) {
      await sleep(reactor, 1);
      throw new Error('disk full');
    });
    say(`over: ${reason.kind}, ${(reason.cause as Error).message}; ${errors.map(({ message }) => message).join()}`);
  },

  mainThrowsAtOnce: async () => {
    const { reason } = await runMain(() => {
      throw new Error('disk full');
    });
    say(`over: ${reason.kind}`);
  },

  mainEndsWhileStarting: async () => {
    const { reason } = await runMain((reactor) => {
      reactor.on('startup', { after: () => wait(20) });
    });
    say(`over: ${reason.kind}`);
  },

  mainSleeps: async () => {
    const { reason } = await runMain(async (reactor) => {
      say('running');
      await sleep(reactor, 3_600_000);
      say('never here');
    });
    say(`over: ${reason.kind}`);
  },

  mainIsToldToStop: async () => {
    const { reason } = await runMain(async ({ signal }) => {
      say('running');
      await wait(3_600_000, undefined, { signal });
    });
    say(`over: ${reason.kind}`);
  },

  mainFailsWhileStopping: async () => {
    const { reason } = await runMain(async (reactor) => {
      reactor.on('shutdown', { before: () => sleep(reactor, 100) });
      say('running');
      await wait(3_600_000, undefined, { signal: reactor.signal }).catch(() => {});
      throw new Error('could not save');
    });
    say(`over: ${reason.kind}`);
  },

  serviceRuns: async () => {
    const { reason } = await runService(async (app) => {
      await Promise.resolve();
      const db = app.use(
        resource(
          'db',
          () => say('db opens'),
          () => say('db closes'),
        ),
      );
      app.use({
        name: 'http',
        needs: [db],
        startup: { after: () => say('running') },
        shutdown: { during: () => say('http closes') },
      });
    });
    say(`over: ${reason.kind}`);
  },

  setupThrows: async () => {
    const setup = runService((app) => {
      app.on('startup', () => say('never here'));
      app.on('shutdown', () => say('shutdown'));
      throw new Error('no config');
    });
    await setup.catch((error: unknown) => say(`${(error as Error).name}: ${(error as Error).message}`));
  },

  serviceFailsToStart: async () => {
    const service = runService((app) => {
      app.use(resource('db', () => Promise.reject(new Error('refused'))));
    });
    await service.catch((error: unknown) => say(`${(error as Error).name}: ${(error as Error).message}`));
  },
};
