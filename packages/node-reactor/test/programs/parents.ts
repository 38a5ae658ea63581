import { sleep } from '@triphase/core';
import { runMain, type NodeReactor } from '@triphase/node-reactor';
import { fork, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, live, say } from './steps.ts';

/** Makes the stop take 100 ms. */
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

/** Sends a signal to this process, and waits until it has come. */
async function sendToSelf(signal: NodeJS.Signals): Promise<void> {
  const come = once(process, signal);
  process.kill(process.pid, signal);
  await come;
}

/** Programs that follow their parent or stdin, or reload: N20, N25. */
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

  stopsBeforeReload: () =>
    live({}, (reactor) => {
      let reloads = 0;
      reactor.on('reload', async () => {
        say(`reload ${++reloads} ${reactor.state}`);
        await sendToSelf('SIGHUP');
        await sendToSelf('SIGTERM');
        say(`reloaded ${reloads} ${reactor.state}`);
      });
    }),

  reloadsOnceStarted: () =>
    live({}, (reactor) => {
      let reloads = 0;
      reactor.on('startup', async () => {
        await sendToSelf('SIGHUP');
        await sendToSelf('SIGHUP');
      });
      reactor.on('reload', {
        before: () => say(`reload ${++reloads}`),
        after: () => setTimeout(() => say('reloaded'), 100),
      });
    }),

  reloadsByItself: () =>
    live({}, (reactor) => {
      let reloads = 0;
      reactor.on('reload', async ({ detail }) => {
        say(`reload ${++reloads} ${String((detail as { signal?: string }).signal)}`);
        if (reloads === 1) await sendToSelf('SIGHUP');
        else if (reloads === 2) await sendToSelf('SIGHUP');
        else await sendToSelf('SIGTERM');
      });
      reactor.callWhenRunning(() => reactor.fire('reload', {}));
    }),

  reloadsInTerminal: () =>
    live({}, (reactor) => {
      reactor.on('reload', () => {
        say('reload');
        void reactor.stop();
      });
    }),

  /** Runs `reloadsInTerminal` in a terminal, and closes that. */
  closesTerminal: async () => {
    const go = expectGo();
    const command = `exec '${process.execPath}' '${process.argv[1]!}' reloadsInTerminal >&3`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'ignore', 'ignore', 1] });
    await go();
    terminal.kill('SIGKILL');
  },

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
