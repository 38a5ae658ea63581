import { sleep } from '@triphase/core';
import { NodeReactor, runMain, runService, type NodeReactorOptions } from '@triphase/node-reactor';
import { execFileSync } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { block, expectGo, live, never, say } from './steps.ts';

/** Read before a reactor removes `NOTIFY_SOCKET` from the environment. */
const { NOTIFY_SOCKET, PATH } = process.env;

/** Sends a status of the test to the socket. It has arrived when this returns, so the messages come in the order of the program. */
function mark(status: string): void {
  execFileSync('systemd-notify', [`STATUS=${status}`], { env: { NOTIFY_SOCKET, PATH } });
}

const environment = (): string =>
  ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'].map((name) => String(process.env[name])).join(' ');

/** As {@link live}, by `runService`. */
function serve(options: NodeReactorOptions, setup: (reactor: NodeReactor) => unknown): Promise<unknown> {
  process.on('exit', (status) => {
    say(`exit event ${status}`);
  });
  return runService((app) => {
    app.on('startup', { after: () => say('running') });
    return setup(app);
  }, options);
}

/** Programs that systemd has started: N19. */
export const systemd: Readonly<Record<string, () => Promise<unknown>>> = {
  notifies: () => {
    new NodeReactor();
    say(`constructed: ${String(NOTIFY_SOCKET !== undefined && environment().startsWith(NOTIFY_SOCKET))}`);
    return serve({}, () => say(`runs: ${environment()}`));
  },

  /** A `NodeReactor` without `runService` and `runMain`. */
  runsAloneUnderSystemd: () =>
    live({}, (reactor) => {
      reactor.callLater(500, () => {
        say(`runs: ${String(environment().startsWith(String(NOTIFY_SOCKET)))}`);
        void reactor.stop();
      });
    }),

  runsAScriptUnderSystemd: () => runMain((reactor) => sleep(reactor, 500)),

  startsSlowlyUnderSystemd: () =>
    serve({}, (reactor) => {
      const go = expectGo();
      reactor.on('startup', {
        after: async () => {
          say('starting');
          await go();
          mark('not ready yet');
        },
      });
    }),

  failsToStartUnderSystemd: () =>
    serve({}, (reactor) => {
      reactor.on('startup', { before: () => Promise.reject(new Error('no config')) });
    }),

  reloadsUnderSystemd: () =>
    serve({}, (reactor) => {
      const go = expectGo();
      let [firings, signals] = [0, 0];
      reactor.on('startup', { after: () => void process.on('SIGHUP', () => say(`SIGHUP ${String(++signals)}`)) });
      reactor.on('reload', {
        before: () => go(),
        after: () => mark(`reloaded ${String(++firings)}`),
      });
    }),

  drainsSlowly: () =>
    serve({ limits: { shutdown: { deadline: 60_000, before: 50_000 } } }, (reactor) => {
      const go = expectGo();
      reactor.on('shutdown', { before: () => go() }, { name: 'queue\nREADY=1\tX' });
    }),

  drainsBriefly: () => serve({ limits: { shutdown: { deadline: 2_000 } } }, () => {}),

  drainsForEver: () => serve({ limits: { shutdown: { deadline: Infinity } } }, () => {}),

  blocksUnderSystemd: () =>
    serve({}, () => {
      const go = expectGo();
      void go().then(() => {
        mark('blocked');
        block(2_000);
        mark('free');
      });
    }),

  livesForASecond: () =>
    serve({}, (reactor) => {
      reactor.callLater(1_000, () => void reactor.stop());
    }),

  ownsNoSignals: () =>
    serve({ signals: false }, (reactor) => {
      reactor.callLater(500, () => void reactor.stop());
    }),

  crashesUnderSystemd: async () => {
    const go = expectGo();
    let reactor: NodeReactor | undefined;
    const first = runService((app) => {
      reactor = app;
      app.on('startup', { after: () => say('running') });
    });
    await go();
    reactor!.crash();
    say((await first).reason.kind);
    await reactor!.run();
  },

  twoReactorsUnderSystemd: async () => {
    const go = expectGo();
    let first: NodeReactor | undefined;
    const served = runService((app) => void (first = app));
    const second = new NodeReactor();
    second.on('startup', {
      after: async () => {
        say('running');
        await go();
        mark('second starts');
      },
    });
    const over = [served, second.run()];
    await second.startupReport;
    const goOn = expectGo();
    say('both run');
    await goOn();
    await first!.stop();
    mark('first is over');
    say('first is over');
    await Promise.all(over);
  },

  clusterUnderSystemd: async () => {
    if (cluster.isWorker) {
      await runService((app) => {
        app.callWhenRunning(() => void app.stop());
      });
      return;
    }
    const worker = cluster.fork(); // before a reactor runs: it has the whole environment
    await once(worker, 'exit');
    say('the worker is over');
    await serve({}, () => {});
  },

  hangsUnderSystemd: () =>
    serve({ limits: { shutdown: { deadline: 1_000 } } }, (reactor) => {
      reactor.on('shutdown', { during: never });
    }),
};
