import { resource, sleep } from '@triphase/core';
import {
  bridgeReactor,
  NodeReactor,
  runMain,
  runService,
  watchdog,
  type BridgeReactorOptions,
} from '@triphase/node-reactor';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, threadId, Worker, type WorkerOptions } from 'node:worker_threads';
import { block, expectGo, live, never, say } from './steps.ts';

/** A thread that runs another program of this file. */
function thread(program: string, options?: WorkerOptions): Worker {
  return new Worker(new URL(import.meta.url), { ...options, argv: [program] });
}

/** A program whose reactor bridges a thread. */
async function bridging(
  program: string,
  options: BridgeReactorOptions = {},
  setup: (reactor: NodeReactor, worker: Worker) => unknown = () => {},
  deadline = 25_000,
): Promise<unknown> {
  const worker = thread(program);
  worker.on('exit', (status) => say(`the thread ended with ${String(status)}`));
  return live({ limits: { shutdown: { deadline } } }, (reactor) => {
    reactor.use(bridgeReactor(worker, { name: 'helper', ...options }));
    return setup(reactor, worker);
  }).catch(sayError);
}

function sayError(error: unknown): void {
  say(error instanceof Error ? error.message : String(error));
}

/** The program of a thread: a service that prints its start, its stop and its end. */
const printing = (setup: (reactor: NodeReactor) => unknown = () => {}): Promise<unknown> =>
  runService((reactor) => {
    reactor.on('startup', { after: () => say('thread: running') });
    reactor.on('shutdown', ({ detail }) => say(`thread: shutdown, ${detail.kind} ${detail.signal ?? ''}`));
    return setup(reactor);
  }).then(
    ({ reason }) => say(`thread: over, ${reason.kind}`),
    (error: unknown) => say(`thread: ${String(error)}`),
  );

const failing = (): never => {
  throw new Error('disk full');
};

/** Programs that bridge a thread (N30). Those whose names begin with `thread` run in the threads. */
export const workers = {
  threadPrints: () => printing(),

  threadListens: () => {
    parentPort!.on('message', (message) => parentPort!.postMessage(`echo ${String(message)}`));
    return printing();
  },

  threadSaysReady: () =>
    printing((reactor) => {
      reactor.callWhenRunning(() => {
        parentPort!.postMessage('ready');
      });
    }),

  threadStartsSlowly: () =>
    printing((reactor) => {
      const open = async (): Promise<void> => {
        say('thread: starting');
        await wait(500);
      };
      reactor.use(resource('db', open, () => say('thread: db closed')));
    }),

  threadStartHangs: () =>
    printing((reactor) => {
      const open = ({ signal }: { readonly signal: AbortSignal }): Promise<never> => {
        say('thread: starting');
        signal.addEventListener('abort', () => say('thread: told to stop'));
        return never();
      };
      reactor.use(resource('db', open));
    }),

  threadStartFails: () => printing((reactor) => void reactor.use(resource('db', failing))),

  threadHasNoReactor: () => {
    parentPort!.on('message', () => {});
    return Promise.resolve();
  },

  threadEndsAtOnce: () => {
    say('thread: no reactor');
    return Promise.resolve();
  },

  threadThrowsAtOnce: () => Promise.reject(new Error('no module')),

  threadStopFails: () => printing((reactor) => void reactor.on('shutdown', { during: failing }, { name: 'flush' })),

  threadHangs: () => printing((reactor) => void reactor.on('shutdown', { during: never }, { name: 'flush' })),

  threadBlocks: () => printing((reactor) => void reactor.on('shutdown', { during: () => block(Infinity) })),

  threadIsHeld: async () => {
    setInterval(() => {}, 3_600_000);
    const reactor = new NodeReactor({ forceExit: false });
    reactor.on('startup', { after: () => say('thread: running') });
    await reactor.run();
    say('thread: over');
  },

  threadSetsStatus: async () => {
    await printing();
    process.exitCode = 7;
  },

  threadExitsInItsStop: () => printing((reactor) => void reactor.on('shutdown', { during: () => process.exit(0) })),

  threadDies: () =>
    printing((reactor) => {
      reactor.callWhenRunning(() => void setTimeout(() => failing(), 100));
    }),

  threadIsKilled: () =>
    printing((reactor) => {
      reactor.callWhenRunning(() => void setTimeout(() => process.exit(0), 100));
    }),

  threadStopsItself: () =>
    printing((reactor) => {
      reactor.callWhenRunning(() => void reactor.callLater(100, () => void reactor.stop()));
    }),

  threadMain: () => runMain(() => say('thread: main')),

  threadWantsTooMuch: () =>
    new NodeReactor({ signals: ['SIGUSR2'], exit: 'signal', watchdog: watchdog() })
      .run()
      .then(({ reason }) => say(`thread: over, ${reason.kind}`)),

  threadHasTwo: () => {
    const one = (name: string, ms: number): Promise<unknown> => {
      const reactor = new NodeReactor();
      reactor.use({
        name,
        startup: { during: () => sleep(reactor, ms) },
        shutdown: { during: () => say(`thread: ${name} stops`) },
      });
      return reactor.run();
    };
    return Promise.all([one('first', 10), one('second', 100)]);
  },

  threadNested: () =>
    printing((reactor) => {
      const inner = thread('threadPrints');
      reactor.use(bridgeReactor(inner, { name: `inner of ${String(threadId)}` }));
    }),

  bridged: () => bridging('threadPrints'),

  bridgedInOrder: () => {
    let worker: Worker;
    return live({}, (reactor) => {
      const step = (name: string, ...needs: readonly ReturnType<typeof reactor.use>[]) =>
        reactor.use({
          name,
          needs,
          startup: { during: () => say(`${name} starts`) },
          shutdown: { during: () => say(`${name} stops`) },
        });
      const database = step('database');
      const make = (): Worker => {
        say('the thread is made');
        worker = thread('threadPrints');
        worker.on('exit', () => say('the thread has ended'));
        return worker;
      };
      step('user', reactor.use(bridgeReactor(make, { needs: [database] })));
    });
  },

  bridgedStops: () =>
    bridging('threadPrints', {}, (reactor) => {
      reactor.callWhenRunning(() => void reactor.stop({ kind: 'done', cause: failing }));
    }),

  bridgedWithMessages: () =>
    bridging('threadListens', {}, (_reactor, worker) => {
      worker.on('message', (message) => say(String(message)));
      worker.postMessage('early');
    }),

  bridgedLate: async () => {
    const worker = thread('threadSaysReady');
    // Its reactor has announced its start before the bridge listens.
    await once(worker, 'message');
    await live({}, (reactor) => void reactor.use(bridgeReactor(worker)));
  },

  bridgedTooLate: async () => {
    const worker = thread('threadPrints');
    await worker.terminate();
    await live({}, (reactor) => void reactor.use(bridgeReactor(worker, { name: 'helper' }))).catch(sayError);
  },

  bridgedStartsSlowly: () => bridging('threadStartsSlowly'),
  bridgedStartHangs: () => bridging('threadStartHangs', {}, () => {}, 1_000),
  bridgedStartFails: () => bridging('threadStartFails'),
  bridgedNoReactor: () => bridging('threadHasNoReactor', { startTimeout: 300 }),
  bridgedStopWithoutReactor: () =>
    bridging('threadHasNoReactor', {}, (reactor) => {
      reactor.on('startup', { before: () => say('the program begins') });
    }),
  bridgedEndsAtOnce: () => bridging('threadEndsAtOnce'),
  bridgedThrowsAtOnce: () => bridging('threadThrowsAtOnce'),
  bridgedStopFails: () => bridging('threadStopFails'),
  bridgedHangs: () => bridging('threadHangs', {}, () => {}, 1_000),
  bridgedHangsLonger: () => bridging('threadHangs'),
  bridgedBlocksLonger: () => bridging('threadBlocks'),
  bridgedBlocks: () => bridging('threadBlocks', {}, () => {}, 1_000),
  bridgedHeld: () => bridging('threadIsHeld'),
  bridgedStatus: () => bridging('threadSetsStatus'),
  bridgedExitsInItsStop: () => bridging('threadExitsInItsStop'),
  bridgedDies: () => bridging('threadDies'),
  bridgedIsKilled: () => bridging('threadIsKilled'),
  bridgedStopsItself: () => bridging('threadStopsItself'),
  bridgedMain: () => bridging('threadMain'),
  bridgedTooMuch: () => bridging('threadWantsTooMuch'),
  bridgedTwo: () => bridging('threadHasTwo'),
  bridgedNested: () => bridging('threadNested'),

  bridgedStartLimit: () => {
    const worker = thread('threadStartHangs');
    worker.on('exit', (status) => say(`the thread ended with ${String(status)}`));
    return live({ limits: { startup: { during: 500 } } }, (reactor) => {
      reactor.use(bridgeReactor(worker, { name: 'helper' }));
    }).catch(sayError);
  },

  bridgedEscalatesItsStart: () =>
    bridging('threadStartHangs', {}, (reactor) => {
      void expectGo()().then(() => reactor.escalate());
    }),

  bridgedAfterAFailure: () =>
    bridging('threadPrints', {}, (reactor) => {
      reactor.on('startup', { before: failing });
    }),

  notBridged: async () => {
    const worker = thread('threadListens');
    worker.on('message', (message) => {
      say(String(message));
      void worker.terminate();
    });
    worker.on('exit', () => say('ended'));
    worker.postMessage('work');
  },
};
