import { sleep } from '@triphase/core';
import { block, live, never, say } from './steps.ts';

const options = { watchdog: true, limits: { shutdown: { deadline: 300 } } };

/** What the watchdog sees (N10). */
export const watchdogs = {
  blocks: () =>
    live(options, (reactor) => {
      reactor.on('shutdown', { during: () => say('sibling') });
      reactor.on('shutdown', { during: () => block(Infinity) }, { name: 'compact' });
    }),

  blocksInsideAnother: () =>
    live(options, (reactor) => {
      reactor.on('inner', () => {});
      reactor.on(
        'shutdown',
        {
          during: () => {
            void reactor.fire('inner');
            block(Infinity);
          },
        },
        { name: 'outer' },
      );
    }),

  blocksInACall: () =>
    live(options, (reactor) => {
      reactor.callWhenRunning(() => {
        void reactor.stop();
        reactor.callSoon(() => block(Infinity));
      });
    }),

  isOnlySlow: () =>
    live(options, (reactor) => {
      reactor.on('shutdown', { during: never }, { name: 'queue' });
      // Blocks, but no five beats at a time, until long after the deadline.
      reactor.on('shutdown', {
        during: async () => {
          for (let i = 0; i < 30; i++) {
            block(50);
            await new Promise((resolve) => void setTimeout(resolve, 0));
          }
          say('slow, and done');
        },
      });
    }),

  blocksBefore: () =>
    live(options, (reactor) => {
      reactor.callWhenRunning(() => {
        setImmediate(() => {
          block(1_500);
          say('woke');
          void reactor.stop();
        });
      });
    }),

  isNotNeeded: () =>
    live({ watchdog: true }, (reactor) => {
      reactor.on('shutdown', { during: () => sleep(reactor, 1) });
      reactor.callWhenRunning(() => void reactor.stop());
    }),
};
