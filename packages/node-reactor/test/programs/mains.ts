import { resource, sleep } from '@triphase/core';
import { runMain, runService, type NodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, never, say } from './steps.ts';

/** Programs that call `runMain` or `runService` at the top level: N11, N24. */
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

  serviceFailsToStart: async () => {
    const service = runService((app) => {
      app.use(resource('db', () => Promise.reject(new Error('refused'))));
    });
    await service.catch((error: unknown) => say(`${(error as Error).name}: ${(error as Error).message}`));
  },

  mainCleansUp: async () => {
    const { reason } = await runMain(async (app) => {
      useDb(app);
      try {
        say('running');
        await sleep(app, 3_600_000);
      } finally {
        await wait(200);
        say('cleaned');
      }
    });
    say(`over: ${reason.kind}`);
  },

  mainCleansUpSlowly: async () => {
    const go = expectGo();
    const { reason } = await runMain(async function tidy(app) {
      try {
        say('running');
        await sleep(app, 3_600_000);
      } finally {
        await go();
        say('cleaned');
      }
    });
    say(`over: ${reason.kind}`);
  },

  mainSetsItsStatus: async () => {
    const { reason } = await runMain(async (app) => {
      say('running');
      await sleep(app, 3_600_000).catch(() => say('saved'));
      process.exitCode = 0;
    });
    say(`over: ${reason.kind}`);
  },

  mainRejectsLate: async () => {
    const { reason } = await runMain(async (app) => {
      useDb(app);
      try {
        say('running');
        await sleep(app, 3_600_000);
      } finally {
        await wait(100);

        throw new Error('could not save');
      }
    });
    say(`over: ${reason.kind}`);
  },

  mainIgnoresTheSignal: async () => {
    const main = (app: NodeReactor): Promise<never> => {
      useDb(app);
      say('running');
      return new Promise(() => {});
    };
    const holds = setInterval(() => {}, 3_600_000);
    const { reason } = await runMain(main, { limits: { shutdown: { deadline: 500 } } });
    clearInterval(holds);
    say(`over: ${reason.kind}`);
  },

  mainStopsItself: async () => {
    const { reason } = await runMain(async (app) => {
      say(`stopped: ${(await app.stop()).reason.kind}`);
    });
    say(`over: ${reason.kind}`);
  },

  mainRejectsAfterItsOwnStop: async () => {
    const { reason } = await runMain(async (app) => {
      void app.stop();
      await wait(200);
      throw new Error('could not save');
    });
    say(`over: ${reason.kind}`);
  },

  mainNeverSettles: () => {
    void runMain(endless).then(({ reason }) => say(`over: ${reason.kind}`));
    return Promise.resolve();
  },

  mainNeverSettlesAtTopLevel: async () => {
    const { reason } = await runMain(endless);
    say(`over: ${reason.kind}`);
  },

  mainStartNeverSettles: () => {
    void runMain((app) => {
      app.on('startup', { after: never }, { name: 'redis' });
      return never();
    });
    return Promise.resolve();
  },

  mainWaitsForItsClock: async () => {
    const { reason } = await runMain(async (app) => {
      await sleep(app, 50);
      say('slept');
      await new Promise<void>((resolve) => app.callSoon(resolve));
      say('called');
    });
    say(`over: ${reason.kind}`);
  },

  secondMain: async () => {
    await runMain(() => {});
    const { reason } = await runMain(async (app) => {
      say('running');
      await sleep(app, 3_600_000);
    });
    say(`over: ${reason.kind}`);
  },

  mainRestarts: async () => {
    const { reason } = await runMain(async (app) => {
      say(`stopped: ${(await app.stop({ kind: 'restart' })).reason.kind}`);
    });
    say(`over: ${reason.kind}`);
  },

  mainStopsAndIsInterrupted: async () => {
    await runMain(async (app) => {
      app.on('shutdown', () => wait(500));
      say('running');
      await app.stop();
      await wait(3_600_000);
    });
  },

  mainBesideListenerThatGoesOn: async () => {
    let settle: () => void = () => {};
    process.once('beforeExit', () => setTimeout(() => settle(), 50));
    const { reason } = await runMain(() => new Promise<void>((resolve) => (settle = resolve)));
    say(`over: ${reason.kind}`);
  },

  serviceRunsAgain: async () => {
    const apps: NodeReactor[] = [];
    const first = await runService((app) => {
      apps.push(app);
      app.callWhenRunning(() => setImmediate(() => app.crash()));
    });
    const [app] = apps;
    app!.callWhenRunning(() => void app!.stop());
    const second = await app!.run();
    say(`over: ${first.reason.kind}, ${second.reason.kind}`);
  },

  failsAfterTrueSignal: async () => {
    await runService((app) => void app.on('startup', { after: () => say('running') }), { exit: 'signal' });
    throw new Error('the rest fails');
  },

  /** The top level fails just after the logger has written the last line of the run. */
  failsAfterLastLogLine: async () => {
    const print = (line: string): void => say(line);
    await runService(
      (app) => {
        app.on('startup', { after: () => say('running') });
        app.on('shutdown', { after: () => app.report('logged') });
      },
      { logger: { info: print, warn: print, error: print } },
    );
    throw new Error('the rest fails');
  },

  startLasts: async () => {
    const go = expectGo();
    await runService((app) => {
      app.use(resource('redis', go));
      app.on('startup', { after: () => void app.stop() });
    });
  },
};

function useDb(app: NodeReactor): void {
  app.on('shutdown', () => say('db closes'));
}

function endless(app: NodeReactor): Promise<never> {
  useDb(app);
  return new Promise(() => {});
}
