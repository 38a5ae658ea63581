import { resource } from '@triphase/core';
import { NodeReactor, runMain, runService } from '@triphase/node-reactor';
import { expectGo, live, say } from './steps.ts';

/** A service with a database; `run` is called when it runs. */
async function withDatabase(run: (app: NodeReactor) => unknown): Promise<void> {
  const { reason, errors } = await runService((app) => {
    app.use(
      resource(
        'db',
        () => 'db',
        () => say('db closes'),
      ),
    );
    app.callWhenRunning(() => run(app));
  });
  say(`over: ${reason.kind}, ${errors.map(({ message }) => message).join(', ') || 'no error'}`);
}

/** Programs that call `fail()` or `report()`, or whose work fails: C57, C64. */
export const fails = {
  failsWhileRunning: () =>
    withDatabase((app) => {
      setInterval(() => undefined, 1_000_000); // keeps the process alive until it is ended by force
      setImmediate(() => {
        app.fail(new Error('worker lost'));
      });
    }),

  failsWhileStopping: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', () => {
        reactor.fail(new Error('flush failed'));
      });
    }),

  failsWhileStarting: () =>
    live({}, (reactor) => {
      reactor.on('startup', {
        before: () => {
          reactor.fail(new Error('no licence'));
        },
      });
    }),

  failsInMain: () =>
    runMain(async (app) => {
      app.fail(new Error('bad input'));
      await Promise.resolve();
      say('main ends');
    }),

  reports: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => {
        reactor.report(new Error('one lost message'), { name: 'queue' });
      });
    }),

  workFailsFirst: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => {
        reactor.waitUntil(Promise.reject(new Error('disk full')), { name: 'save' });
      });
    }),

  workFailsLate: () =>
    live({}, (reactor) => {
      const go = expectGo();
      const save = async (): Promise<never> => {
        await go();
        throw new Error('disk full');
      };
      reactor.waitUntil(save(), { name: 'save' });
    }),
};
