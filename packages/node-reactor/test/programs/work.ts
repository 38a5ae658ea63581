import { every, inFlight, resource, type Gate, type Resource } from '@triphase/core';
import { NodeReactor, runService, type NodeReactorOptions } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { expectGo, live, never, say } from './steps.ts';

/** A service with a database. `loop` is called when the service runs. Its argument `after` is a wait that first prints `running`. */
async function withDatabase(
  loop: (app: NodeReactor, db: Resource<string>, after: typeof wait) => void,
  options?: NodeReactorOptions,
  setup?: (app: NodeReactor, db: Resource<string>) => void,
): Promise<void> {
  const after: typeof wait = (...args) => {
    say('running');
    return wait(...args);
  };
  const { reason } = await runService((app) => {
    const db = app.use(
      resource(
        'db',
        () => 'db',
        () => say('db closes'),
      ),
    );
    setup?.(app, db);
    app.callWhenRunning(() => loop(app, db, after));
  }, options);
  say(`over: ${reason.kind}`);
}

/** Reads `value`, which throws unless the database is open. */
function use(db: Resource<string>): void {
  say(`${db.value} is used`);
}

/** A service with a database, and a gate that needs it. */
function withGate(consume: (jobs: Gate, db: Resource<string>) => void): Promise<void> {
  let jobs: Gate;
  return withDatabase(
    (_app, db) => {
      consume(jobs, db);
    },
    {},
    (app, db) => (jobs = app.use(inFlight('jobs', { needs: [db], drainTimeout: 300 }))),
  );
}

/** Work that a stop must not cut: C57, C62, C68. */
export const work = {
  gateFinishes: () =>
    withGate((jobs, db) => {
      void jobs.run(async () => {
        say('running');
        await wait(150);
        use(db);
      });
    }),

  gateGivesBack: () =>
    withGate((jobs, db) => {
      const giveBack = async (): Promise<void> => {
        await wait(50);
        say(`given back while ${db.value} is open`);
      };
      const consume = (): Promise<never> => {
        say('running');
        return never();
      };
      void jobs.run(consume, { onAbandoned: giveBack });
    }),

  gateWorkNeverEnds: () =>
    withGate((jobs) => {
      void jobs.run(() => {
        say('running');
        return never();
      });
    }),

  runUnderWay: () =>
    withDatabase((app, db, after) => {
      every(
        app,
        1_000,
        async () => {
          await after(800);
          use(db);
        },
        { now: true },
      );
    }),

  runNotWaitedFor: () =>
    withDatabase((app, db, after) => {
      every(
        app,
        1_000,
        async () => {
          await after(800);
          use(db);
        },
        { now: true, hold: false, name: 'poll' },
      );
    }),

  runIsToldToStop: () =>
    withDatabase((app, _, after) => {
      every(app, 1_000, () => after(3_600_000, undefined, { signal: app.signal }), { now: true });
    }),

  runFails: () =>
    withDatabase((app) => {
      const go = expectGo();
      const transfer = async (): Promise<void> => {
        say('running');
        await go();
        throw new Error('disk full');
      };
      every(app, 1_000, transfer, { now: true, name: 'transfer' });
    }),

  workHangs: () =>
    live({ limits: { shutdown: { deadline: 300 } } }, (reactor) => {
      reactor.on('shutdown', () => say('during'));
      reactor.waitUntil(never(), { name: 'save' });
    }),

  workLasts: () =>
    live({}, (reactor) => {
      const go = expectGo();
      reactor.waitUntil(go(), { name: 'save' });
    }),
};
