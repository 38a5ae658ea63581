import { sleep } from '@triphase/core';
import { runMain, type NodeReactor } from '@triphase/node-reactor';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, live, say } from './steps.ts';

/** Stops not at once. */
function flushes(reactor: NodeReactor): void {
  reactor.on('shutdown', async () => {
    await wait(100);
    say('flushed');
  });
}

/** Runs a program of this file in a child process, on the same stdout. */
function child(name: string): Promise<unknown> {
  return once(fork(process.argv[1]!, [name], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }), 'exit');
}

function worker(): Promise<unknown[]> {
  cluster.setupPrimary({ args: ['flushes'] });
  return once(cluster.fork(), 'exit');
}

/** Parents that go away, stdin, reload (N20, N25). */
export const parents = {
  flushes: () =>
    live({}, (reactor) => {
      flushes(reactor);
      reactor.on('startup', { after: () => void process.send!('running', () => undefined) });
    }),

  outlives: () =>
    live({ disconnect: false }, () => {
      process.once('disconnect', () => setTimeout(() => say('disconnected'), 200));
    }),

  orphanFromTheBeginning: async () => {
    process.disconnect();
    await wait(100);
    await live({}, flushes);
  },

  parentOfFork: () => child('flushes'),

  parentOfWorker: worker,

  disconnectsWorker: async () => {
    const over = worker();
    cluster.once('message', (each) => each.disconnect());
    const [status, signal] = await over;
    say(`worker exited: ${String(status)} ${String(signal)}`);
  },

  workerThatGoesOn: async () => {
    if (cluster.isWorker) {
      await runMain(() => {});
      await live({}, (reactor) => {
        reactor.on('startup', { after: () => void process.send!('running', () => undefined) });
      });
      return;
    }
    const worker = cluster.fork();
    worker.on('message', () => worker.process.kill('SIGTERM'));
    const [status] = (await once(worker, 'exit')) as unknown[];
    say(`worker exited: ${String(status)}`);
  },

  ownedByStdin: () => live({ stdin: true }, () => {}),

  ownedByStdinThatIsRead: () =>
    live({ stdin: true }, () => {
      process.stdin.setEncoding('utf8').on('end', () => say('read: '));
      process.stdin.resume();
    }),

  reloads: () =>
    live({}, (reactor) => {
      let reloads = 0;
      reactor.on('reload', async ({ detail }) => {
        say(`reload ${(detail as { signal: string }).signal} ${++reloads}`);
        await sleep(reactor, 300);
      });
    }),

  reloadsWhileStarting: () =>
    live({}, (reactor) => {
      const go = expectGo();
      let reloads = 0;
      reactor.on('startup', {
        during: () => {
          say('starting');
          return go();
        },
      });
      reactor.on('reload', ({ detail }) => say(`reload ${(detail as { signal: string }).signal} ${++reloads}`));
      reactor.on('shutdown', async () => {
        say('stopping');
        await sleep(reactor, 500);
      });
    }),
};
