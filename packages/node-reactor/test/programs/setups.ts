import { runService, type NodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, say } from './steps.ts';

/** Programs whose `setup` is slow, fails or hangs: N7, N11. */
export const setups = {
  setupThrows: async () => {
    const setup = runService((app) => {
      app.on('startup', () => say('never here'));
      app.on('shutdown', () => say('shutdown'));
      throw new Error('no config');
    });
    await setup.catch((error: unknown) => say(`${(error as Error).name}: ${(error as Error).message}`));
  },

  setupIsSlow: async () => {
    const go = expectGo();
    const { reason } = await runService(async (app) => {
      app.on('startup', { before: () => say('never here') });
      app.signal.addEventListener('abort', () => say('told to stop'));
      say('setup');
      await go();
      say('setup goes on');
      app.callWhenRunning(() => say('never here either'));
      app.use({
        name: 'late',
        startup: { during: () => say('never here') },
        shutdown: { during: () => say('nor here') },
      });
      app.on('shutdown', () => say('shutdown of what setup registered late'));
    });
    say(`over: ${reason.kind}`);
  },

  setupIsToldToStop: async () => {
    const { reason } = await runService(async (app) => {
      app.on('shutdown', () => say('shutdown'));
      say('setup');
      await wait(3_600_000, undefined, { signal: app.signal });
    });
    say(`over: ${reason.kind}`);
  },

  setupFailsWhileStopping: async () => {
    const { reason } = await runService(async (app) => {
      app.on('shutdown', () => say('shutdown'));
      say('setup');
      await wait(3_600_000, undefined, { signal: app.signal }).catch(() => {});
      throw new Error('could not undo');
    });
    say(`over: ${reason.kind}`);
  },

  setupHangs: async () => {
    const { reason } = await runService(hangingSetup, { limits: { shutdown: { deadline: 500 } } });
    say(`over: ${reason.kind}`);
    setInterval(() => {}, 3_600_000);
  },

  setupHangsLong: async () => {
    const { reason } = await runService((app) => {
      app.signal.addEventListener('abort', () => {
        // Five times as long as 200 ms, in which a repeat is dropped (N5).
        setTimeout(() => say('told to stop'), 1_000);
      });
      return hangingSetup(app);
    });
    say(`over: ${reason.kind}`);
  },

  setupIsCut: async () => {
    for (const how of ['escalate', 'crash'] as const) {
      await runService((app) => {
        setImmediate(() => (how === 'escalate' ? app.escalate({ kind: 'enough' }) : app.crash()));
        return hangingSetup(app);
      });
      say(`over: ${how} ${String(process.exitCode)}`);
      process.exitCode = 0; // not undefined, which changes nothing on Bun
    }
  },

  setupEndsLate: async () => {
    const { reason } = await runService(
      async (app) => {
        app.on('shutdown', () => wait(300));
        say('setup');
        await new Promise<void>((resolve) => {
          app.on('shutdown', { before: () => resolve() });
        });
      },
      { limits: { shutdown: { deadline: 3_600_000, before: 50 } } },
    );
    say(`over: ${reason.kind}`);
  },
};

function hangingSetup(app: NodeReactor): Promise<never> {
  app.on('shutdown', () => say('shutdown'));
  say('setup');
  return new Promise(() => {});
}
