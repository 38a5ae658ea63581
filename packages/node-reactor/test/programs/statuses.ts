import {
  addService,
  background,
  inFlight,
  resource,
  restartService,
  sleep,
  type BackgroundContext,
  type BackgroundOptions,
  type GateOptions,
  type OpenContext,
} from '@triphase/core';
import { runService, type NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { never, say } from './steps.ts';

type GateOnAbandoned = (() => unknown) | undefined;

type Body = (context: BackgroundContext) => unknown;

/** A service program with one background service. */
function worker(body: Body, options?: BackgroundOptions, reactor?: NodeReactorOptions): () => Promise<unknown> {
  return () =>
    runService((app) => {
      app.use(background('worker', body, options));
      app.callWhenRunning(() => say('running'));
    }, reactor);
}

const FAST = { delay: 10, jitter: 0 };

/** Fails after it has started. */
const fails: Body = async ({ clock, attempt }) => {
  await sleep(clock, 10);
  throw new Error(`no ${String(attempt)}`);
};

/** Ends after it has started. */
const ends: Body = ({ clock }) => sleep(clock, 10);

/** Fails twice, then works. */
const recovers: Body = async (context) => {
  if (context.attempt < 3) await fails(context);
  say('recovered');
  await context.stopped;
};

/** One program for each row of docs/exit-codes.md that is about services (C70). */
export const statuses = {
  bodyFails: worker(fails),
  bodyFailsAndMay: worker(
    async (context) => {
      context.clock.callLater(50, () => say('goes on'));
      await fails(context);
    },
    { onFailure: 'ignore' },
  ),
  bodyFailsBeforeItsFirstAwait: worker(() => {
    throw new Error('no');
  }),
  bodyEnds: worker(ends),
  bodyEndsAndMay: worker(
    async (context) => {
      await ends(context);
      say('ended');
    },
    { onEnd: 'ignore' },
  ),
  bodyRecovers: worker(recovers, { restart: FAST }),
  bodyGivesUp: worker(fails, { restart: { ...FAST, giveUpAfter: 3 } }),
  bodyGivesUpAndMay: worker(
    async (context) => {
      if (context.attempt === 2) context.clock.callLater(20, () => say('given up'));
      await fails(context);
    },
    { restart: { ...FAST, giveUpAfter: 2 }, onFailure: 'ignore' },
  ),
  bodyEndsTooOften: worker(ends, { restart: { ...FAST, giveUpAfter: 3 }, onEnd: 'restart' }),
  bodyStops: worker(({ stopped }) => stopped),
  bodyFailsWhileStopping: worker(async ({ stopped }) => {
    await stopped;
    throw new Error('flush failed');
  }),
  bodyRejectsWithItsReason: worker(({ signal }) => sleepUntil(signal)),
  bodyHangs: worker(never, {}, { limits: { shutdown: { deadline: 300 } } }),

  gateWorkHangs: gated(never, undefined),
  gateCannotGiveBack: gated(never, () => {
    throw new Error('queue is gone');
  }),

  resourceLost: ended((app) => {
    app.use(
      resource('db', ({ lost }) => {
        setTimeout(() => {
          lost(new Error('connection reset'));
        }, 50);
      }),
    );
  }),
  resourceLostAndOpenAgain: () =>
    runService((app) => {
      let openings = 0;
      const open = ({ lost }: OpenContext): void => {
        if (++openings > 1) say('open again');
        else
          setTimeout(() => {
            lost(new Error('connection reset'));
          }, 50);
      };
      app.use(resource('db', open, undefined, { restart: FAST }));
    }),
  restartFails: restarted((openings) => {
    if (openings > 1) throw new Error('refused');
  }),
  restartOutlivesItsLimit: restarted(() => undefined, never),
  additionFails: () =>
    runService((app) => {
      app.callWhenRunning(async () => {
        const broken = resource('broken', () => {
          throw new Error('refused');
        });
        await addService(app, broken).catch(() => say('goes on'));
      });
    }),

  resourceNeverOpens: () =>
    runService((app) => {
      const open = (): never => {
        throw new Error('refused');
      };
      app.use(resource('db', open, undefined, { retry: { ...FAST, giveUpAfter: 3 } }));
    }),
  openIsCut: () =>
    runService((app) => {
      const connect = ({ signal }: OpenContext): Promise<unknown> => {
        say('opening');
        return wait(60_000, undefined, { signal }); // rejects with an AbortError of Node's own
      };
      const db = app.use(resource('db', connect));
      app.use(resource('cache', sleepUntilCut, undefined, { needs: [db] }));
      app.use(resource('queue', sleepUntilCut));
    }),
  retriedOpenIsCut: () =>
    runService((app) => {
      let attempts = 0;
      const open = ({ signal }: OpenContext): Promise<unknown> => {
        if (++attempts === 1) throw new Error('refused');
        say('opening');
        return wait(60_000, undefined, { signal });
      };
      app.use(resource('db', open, undefined, { retry: FAST }));
    }),
  openFailsAsItIsCut: () =>
    runService((app) => {
      const open = ({ signal }: OpenContext): Promise<never> => {
        say('opening');
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('refused'));
          });
        });
      };
      app.use(resource('db', open));
    }),
  resourceOpensLate: () =>
    runService((app) => {
      let attempts = 0;
      const open = (): void => {
        if (++attempts < 3) throw new Error('refused');
      };
      app.use(resource('db', open, undefined, { retry: FAST }));
      app.callWhenRunning(() => say('running'));
    }),
};

/** A service program whose database is restarted. */
function restarted(open: (openings: number) => unknown, close?: () => unknown): () => Promise<unknown> {
  return ended(
    (app) => {
      let openings = 0;
      const db = app.use(resource('db', () => open(++openings), close));
      app.callLater(20, () => {
        restartService(app, db).catch(() => undefined);
      });
    },
    { limits: { shutdown: { during: 300 } } },
  );
}

/** A service program that prints the reason of its end. */
function ended(setup: (app: NodeReactor) => unknown, reactor?: NodeReactorOptions): () => Promise<unknown> {
  return async () => {
    const { reason } = await runService((app) => void setup(app), reactor);
    say(`over: ${reason.kind} ${String(reason.service)}`);
  };
}

/** A service program with work in a gate. */
function gated(work: () => unknown, onAbandoned: GateOnAbandoned): () => Promise<unknown> {
  const options: GateOptions = onAbandoned === undefined ? {} : { drainTimeout: 50 };
  return () =>
    runService(
      (app) => {
        const jobs = app.use(inFlight('jobs', options));
        app.callWhenRunning(() => {
          void jobs.run(work, onAbandoned === undefined ? {} : { onAbandoned });
          say('running');
        });
      },
      { limits: { shutdown: { deadline: 1_000 } } },
    );
}

function sleepUntilCut({ signal }: OpenContext): Promise<never> {
  return sleepUntil(signal);
}

function sleepUntil(signal: BackgroundContext['signal']): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}
