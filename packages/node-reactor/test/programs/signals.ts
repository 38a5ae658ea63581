import { sleep, type Service } from '@triphase/core';
import { NodeReactor } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, live, never, say } from './steps.ts';

const EVENTS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'message', 'uncaughtException', 'unhandledRejection'];

const counts = (): string => EVENTS.map((event) => process.listenerCount(event)).join(' ');

/** Programs that get signals and messages: N4, N5, N7. */
export const signals = {
  service: () => live({}, () => {}),

  deaf: () => live({ signals: false }, () => {}),

  listed: () => live({ signals: ['SIGUSR2'] }, () => {}),

  listeners: () => {
    process.on('SIGTERM', () => say('foreign'));
    say(`before: ${counts()}`);
    return live({}, (reactor) => {
      reactor.on('startup', { after: () => say(`while it runs: ${counts()}`) });
    }).then(async () => {
      say(`at once: ${counts()}`);
      await wait(500);
      say(`after: ${counts()}`);
    });
  },

  doubledAfterTheRun: async () => {
    await live({}, () => {});
    await wait(500);
    say('goes on');
  },

  endsByItself: async () => {
    await live({}, () => {});
    process.on('exit', (status) => say(`last exit event ${String(status)}`));
  },

  unsignalled: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => void reactor.stop());
    }).then(() => {
      setInterval(() => {}, 3_600_000);
      say('held');
    }),

  misspelt: async () => {
    for (const name of ['SIGTREM', 'TERM', 'sigterm', 'SIGKILL', 'SIGSTOP']) {
      const before = counts();
      try {
        new NodeReactor({ signals: ['SIGINT', name] });
      } catch (error) {
        say(`${String(error)} (nothing held: ${String(counts() === before)})`);
      }
    }
  },

  doubled: () =>
    live({}, (reactor) => {
      const go = expectGo();
      process.once('SIGTERM', () => say('heard SIGTERM'));
      reactor.on('shutdown', {
        during: async () => {
          await go();
          say('drained');
        },
      });
    }),

  patient: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', { during: never }, { name: 'queue' });
      reactor.on('shutdown', { after: () => say('after') });
      reactor.signal.addEventListener('abort', () => {
        // Five times as long as 200 ms, in which a repeat is dropped (N5).
        setTimeout(() => say('ready'), 1_000).unref();
      });
    }),

  thirdTime: async () => {
    const first = new NodeReactor();
    const second = new NodeReactor({ limits: { shutdown: { deadline: Infinity } } });
    first.on('shutdown', { during: () => sleep(first, 3_600_000) });
    second.on('shutdown', {
      during: () => {
        setTimeout(() => say('ready for the third'), 1_000);
        return never();
      },
    });
    process.on('exit', (status) => say(`exit event ${status}`));
    first.on('startup', { after: () => say('running') });
    first.signal.addEventListener('abort', () => {
      // `second` runs from now on and has not got the first signal: the next one stops it, and does not escalate it.
      void second.run();
      setTimeout(() => say('ready for the second'), 1_000);
    });
    say(`first is over: ${(await first.run()).reason.kind}`);
  },

  startsSlowly: () =>
    live({}, (reactor) => {
      const go = expectGo();
      reactor.signal.addEventListener('abort', () => say('told to stop'));
      const step = (name: string, startup: () => unknown, ...needs: readonly Service[]) =>
        reactor.use({
          name,
          needs,
          startup: {
            during: () => {
              say(`${name} starts`);
              return startup();
            },
          },
          shutdown: { during: () => say(`${name} stops`) },
        });
      const zero = step('zero', () => {});
      const one = step('one', go, zero);
      step(
        'three',
        () => {},
        step('two', () => {}, one),
      );
    }),
};
