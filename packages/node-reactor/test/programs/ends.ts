import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expectGo, live, never, say } from './steps.ts';

const soon = { shutdown: { deadline: 300 } };

/** Programs that show how a process ends: N1, N8, N9, N11. */
export const ends = {
  clean: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', {
        before: () => say('before'),
        during: async () => {
          await Promise.resolve();
          say('during');
        },
        after: () => say('after'),
      });
    }),

  byItself: () =>
    live({}, (reactor) => {
      reactor.callWhenRunning(() => void reactor.stop());
    }),

  idle: () =>
    live({}, (reactor) => {
      const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      say(`timers before: ${timers()}`);
      reactor.callWhenRunning(() => {
        // The reactor is idle in this macrotask of Node: the timers that are left are those of an idle reactor.
        setImmediate(() => {
          say(`timers while idle: ${timers()}`);
          void reactor.stop().then(() => say(`timers after: ${timers()}`));
        });
      });
    }),

  trueSignal: () => live({ exit: 'signal' }, () => {}),

  trueSignalAmongForeign: () =>
    live({ exit: 'signal' }, () => {
      process.on('SIGTERM', () => say('foreign'));
    }),

  trueSignalButFailed: () =>
    live({ exit: 'signal' }, (reactor) => {
      reactor.on('shutdown', () => {
        throw new Error('no');
      });
    }),

  throws: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', function flush() {
        throw new Error('disk full');
      });
      reactor.on('shutdown', () => say('sibling'));
      reactor.on('shutdown', { after: () => say('after') });
    }),

  serviceRejects: () =>
    live({}, (reactor) => {
      const close = (): Promise<never> => Promise.reject(new Error('still used'));
      reactor.use({ name: 'db', startup: { during: () => {} }, shutdown: { during: close } });
    }),

  startFails: () =>
    live({}, (reactor) => {
      reactor.use({ name: 'db', startup: { before: () => {} }, shutdown: { during: () => say('db closed') } });
      reactor.on('startup', { before: () => Promise.reject(new Error('no config')) });
    }).catch((error: unknown) => say((error as Error).message)),

  startFailsUncaught: () =>
    live({}, (reactor) => {
      reactor.on('startup', { before: () => Promise.reject(new Error('no config')) });
    }),

  hangs: () =>
    live({ limits: soon }, (reactor) => {
      reactor.on('shutdown', { during: never }, { name: 'queue' });
      reactor.on('shutdown', { after: () => say('after') });
    }),

  hangsAtTheVeryEnd: () =>
    live({ limits: soon }, (reactor) => {
      reactor.on('shutdown', { after: never });
    }),

  startHangs: () =>
    live({ limits: soon }, (reactor) => {
      reactor.on('startup', {
        before: () => {
          say('starting');
          return never();
        },
      });
    }),

  uncaughtException: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', () => say('shutdown'));
      reactor.callWhenRunning(() => {
        setImmediate(() => {
          throw new Error('nobody catches this');
        });
      });
    }),

  unhandledRejection: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', () => say('shutdown'));
      reactor.callWhenRunning(() => {
        void Promise.reject(new Error('nobody catches this'));
      });
    }),

  uncaughtToOnError: () =>
    live({ onError: (error, { kind, name }) => say(`${kind} ${name}: ${(error as Error).message}`) }, (reactor) => {
      reactor.callWhenRunning(() => {
        void Promise.reject(new Error('nobody catches this'));
      });
    }),

  uncaughtLeftAlone: () =>
    live({ uncaught: false }, (reactor) => {
      reactor.on('shutdown', () => say('shutdown'));
      reactor.callWhenRunning(() => {
        setImmediate(() => {
          throw new Error('nobody catches this');
        });
      });
    }),

  callbackThrows: () =>
    live({}, (reactor) => {
      reactor.callSoon(() => {
        throw new Error('one request failed');
      });
      reactor.callLater(1, () => void reactor.stop());
    }),

  held: () =>
    live({}, () => {
      setInterval(() => {}, 3_600_000);
    }),

  heldByMany: () =>
    live({}, (reactor) => {
      reactor.on('startup', async () => {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        say(`port ${String((server.address() as AddressInfo).port)}`);
        const worker = new Worker('setInterval(() => {}, 3_600_000)', { eval: true });
        await once(worker, 'online');
        new Worker('setInterval(() => {}, 3_600_000)', { eval: true }).unref();
        const child = spawn('sleep', ['60']);
        await once(child, 'spawn');
        process.once('exit', () => child.kill());
        say(`thread ${String(worker.threadId)}, child ${String(child.pid)}`);
      });
    }),

  heldByOwnStop: async () => {
    await live({}, (reactor) => {
      reactor.callWhenRunning(() => void reactor.stop());
    });
    await wait(3_000);
    say('reached the end');
  },

  heldByOwnStopForced: () =>
    live({ forceExit: true }, (reactor) => {
      setInterval(() => {}, 3_600_000);
      reactor.callWhenRunning(() => void reactor.stop());
    }),

  heldByWhatWasCut: () =>
    live({ limits: soon }, (reactor) => {
      setInterval(() => {}, 3_600_000);
      reactor.on('shutdown', { during: never }, { name: 'queue' });
    }),

  floods: () =>
    live({}, (reactor) => {
      setInterval(() => {}, 3_600_000);
      reactor.on('shutdown', {
        after: () => {
          process.stdout.write(`${'z'.repeat(1_048_576)}\n`);
        },
      });
    }),

  crashesWhileStopping: () =>
    live({}, (reactor) => {
      reactor.on('shutdown', {
        before: () => {
          throw new Error('no');
        },
        during: () => {
          setTimeout(() => reactor.crash(), 100);
          return never();
        },
      });
    }),

  statusLeftAlone: () =>
    live({ exitCode: false }, (reactor) => {
      process.exitCode = 7;
      reactor.on('shutdown', () => {
        throw new Error('no');
      });
      reactor.callWhenRunning(() => void reactor.stop());
    }),

  ownStatus: () =>
    live({}, (reactor) => {
      process.exitCode = 7;
      reactor.callWhenRunning(() => void reactor.stop());
    }),

  crashes: () =>
    live({}, (reactor) => {
      reactor.once('shutdown', () => say('shutdown'));
      let runs = 0;
      reactor.callWhenRunning(() => void setImmediate(() => reactor.crash()));
      reactor.on('startup', { after: () => say(`run ${++runs}`) });
    }),

  slow: () =>
    live({}, (reactor) => {
      const go = expectGo();
      reactor.use({
        name: 'http',
        startup: { during: () => {} },
        shutdown: { during: go },
        status: () => '3 requests',
      });
      reactor.on('shutdown', { during: go }, { name: 'db-pool' });
    }),
};
