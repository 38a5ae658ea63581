import { sleep } from '@triphase/core';
import { NodeReactor, watchdog } from '@triphase/node-reactor';
import { block, live, never, say } from './steps.ts';

const options = { watchdog: watchdog(), limits: { shutdown: { deadline: 300 } } };

/** Programs that block their thread: N10. */
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

  blocksInAnAbortListener: async () => {
    const reactor = new NodeReactor(options);
    reactor.signal.addEventListener('abort', () => block(Infinity));
    reactor.on('startup', { after: () => say('running') });
    await reactor.run();
  },

  blocksAfterAnAwait: () =>
    live(options, (reactor) => {
      const goesOn = async (): Promise<void> => {
        await new Promise((resolve) => void setTimeout(resolve, 10));
        block(Infinity);
      };
      reactor.on('shutdown', { during: goesOn }, { name: 'flush' });
      reactor.on('shutdown', { during: async () => say('settles') }, { name: 'settled' });
    }),

  blocksWhileOthersPend: () =>
    live(options, (reactor) => {
      reactor.on('shutdown', { during: never }, { name: 'flush' });
      reactor.use({ name: 'db', shutdown: { during: never } });
      reactor.on('shutdown', { during: () => void setImmediate(() => block(Infinity)) }, { name: 'other' });
    }),

  blocksAfterItsLimit: () =>
    live({ watchdog: watchdog(), limits: { shutdown: { deadline: 300, during: 20 } } }, (reactor) => {
      let beginAfter: () => void = () => undefined;
      const afterHasBegun: Promise<void> = new Promise((resolve) => {
        beginAfter = resolve;
      });
      const goesOn = async (): Promise<void> => {
        await afterHasBegun;
        await new Promise((resolve) => void setImmediate(resolve));
        block(Infinity);
      };
      const after = (): Promise<never> => {
        beginAfter();
        return never();
      };
      reactor.on('shutdown', { during: goesOn, after }, { name: 'late' });
    }),

  blocksInAQueuedCall: () =>
    live(options, (reactor) => {
      reactor.on('shutdown', { during: () => reactor.callSoon(() => block(Infinity)) });
      reactor.on('shutdown', { during: never }, { name: 'flush' });
    }),

  isOnlySlow: () =>
    live(options, (reactor) => {
      reactor.on('shutdown', { during: never }, { name: 'queue' });
      // Blocks for 50 ms each time, less than the 500 ms that the watchdog allows, until long after the deadline.
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
    live({ watchdog: watchdog() }, (reactor) => {
      reactor.on('shutdown', { during: () => sleep(reactor, 1) });
      reactor.callWhenRunning(() => void reactor.stop());
    }),
};
