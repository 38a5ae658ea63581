import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { every, sleep, ticks, type RunResult } from '@triphase/core';
import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';

const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();

/** A reactor that was run in the context `run`, and what a function of it sees when it is asked from the context `caller`. */
async function seenBy(
  options: NodeReactorOptions,
  ask: (reactor: NodeReactor, see: () => void) => unknown,
): Promise<string | undefined> {
  const reactor = new NodeReactor({ signals: false, ...options });
  const run = storage.run('run', () => reactor.run());
  const seen = await new Promise<string | undefined>((resolve) => {
    storage.run('caller', () => {
      ask(reactor, () => {
        resolve(storage.getStore());
      });
    });
  });
  void reactor.stop();
  await run;
  return seen;
}

describe('the async context of what a reactor runs', () => {
  const kept = { context: true };
  it.each<{
    readonly rule: string;
    readonly options: NodeReactorOptions;
    readonly ask: (reactor: NodeReactor, see: () => void) => unknown;
    readonly context: string;
  }>([
    {
      rule: 'callSoon runs in the context of run()',
      options: {},
      ask: (reactor, see) => reactor.callSoon(see),
      context: 'run',
    },
    { rule: 'callFromThread too', options: {}, ask: (reactor, see) => reactor.callFromThread(see), context: 'run' },
    {
      rule: 'callLater runs in the context of run()',
      options: {},
      ask: (reactor, see) => reactor.callLater(1, see),
      context: 'run',
    },
    {
      rule: 'callSoon keeps it with context: true',
      options: {},
      ask: (reactor, see) => reactor.callSoon(see, kept),
      context: 'caller',
    },
    {
      rule: 'callLater keeps it with context: true',
      options: {},
      ask: (reactor, see) => reactor.callLater(1, see, kept),
      context: 'caller',
    },
    {
      rule: 'callSoon keeps it on a reactor that does',
      options: kept,
      ask: (reactor, see) => reactor.callSoon(see),
      context: 'caller',
    },
    {
      rule: 'callFromThread keeps it there too',
      options: kept,
      ask: (reactor, see) => reactor.callFromThread(see),
      context: 'caller',
    },
    {
      rule: 'callLater keeps it on a reactor that does',
      options: kept,
      ask: (reactor, see) => reactor.callLater(1, see),
      context: 'caller',
    },
    {
      rule: 'a call can give it up on a reactor that keeps it',
      options: kept,
      ask: (reactor, see) => reactor.callSoon(see, { context: false }),
      context: 'run',
    },
    {
      rule: 'a timed call can give it up too',
      options: kept,
      ask: (reactor, see) => reactor.callLater(1, see, { context: false }),
      context: 'run',
    },
    {
      rule: 'sleep keeps its caller’s',
      options: {},
      ask: (reactor, see) => sleep(reactor, 1).then(see),
      context: 'caller',
    },
    {
      rule: 'every keeps its caller’s, in each run',
      options: {},
      ask: (reactor, see) => {
        let runs = 0;
        const loop = every(reactor, 1, () => {
          if (++runs < 3) return;
          loop.stop();
          see();
        });
      },
      context: 'caller',
    },
    {
      rule: 'ticks keeps its consumer’s, in each tick',
      options: {},
      ask: async (reactor, see) => {
        let seen = 0;
        for await (const _ of ticks(reactor, 1)) if (++seen === 3) break;
        see();
      },
      context: 'caller',
    },
    {
      rule: 'a trigger runs in the context of whoever fires, after a barrier too',
      options: {},
      ask: (reactor, see) => {
        reactor.once('event', { before: () => Promise.resolve(), during: () => sleep(reactor, 1), after: see });
        void reactor.fire('event');
      },
      context: 'caller',
    },
  ])('N3: $rule', async ({ options, ask, context }) => {
    expect(await seenBy(options, ask)).toBe(context);
  });

  it('N3: the name and the errors of a call that keeps its context are its own', async () => {
    const sources: string[] = [];
    const reactor = new NodeReactor({
      signals: false,
      context: true,
      onError: (_error, { kind, name }) => void sources.push(`${kind} ${name}`),
    });
    void reactor.run();
    reactor.callSoon(function parse() {
      throw new Error('no');
    });
    reactor.callLater(0, function expire() {
      throw new Error('no');
    });
    expect(() => reactor.callSoon(undefined as never)).toThrow(TypeError);
    await reactor.stop();
    expect(sources).toEqual(['call parse', 'timed-call expire']);
  });

  describe('of startup and shutdown', () => {
    const seen: Record<string, string | undefined> = {};
    let result: RunResult;
    beforeAll(async () => {
      const reactor = new NodeReactor({ signals: false });
      const see = (what: string) => () => void (seen[what] = storage.getStore());
      reactor.use({
        name: 'service',
        startup: { before: () => Promise.resolve(), during: see('service startup') },
        shutdown: { before: () => Promise.resolve(), during: see('service shutdown') },
      });
      reactor.on('startup', { during: see('startup'), after: see('after startup') });
      reactor.on('shutdown', { during: see('shutdown'), after: see('after shutdown') });
      const run = storage.run('run', () => reactor.run());
      await reactor.startupReport;
      // The request of a stranger: what ends the run must not be charged to it.
      storage.run('request', () => void reactor.stop());
      result = await run;
    });
    afterAll(() => {
      expect(result.errors).toEqual([]);
    });

    it.each(['startup', 'after startup', 'service startup', 'shutdown', 'after shutdown', 'service shutdown'])(
      'N3: %s runs in the context of run()',
      (what) => {
        expect(seen[what]).toBe('run');
      },
    );
  });

  it('N3: services that waited for another run in the context of run(), whoever used them or let them go on', async () => {
    const seen: string[] = [];
    const reactor = new NodeReactor({ signals: false });
    const see = (what: string) => (): void => void seen.push(`${what} in ${String(storage.getStore())}`);
    const pending: Map<string, () => void> = new Map();
    const pends = (what: string) => (): Promise<void> => {
      see(what)();
      return new Promise((resolve) => pending.set(what, resolve));
    };
    const settle = async (what: string): Promise<void> => {
      while (!pending.has(what)) await new Promise((resolve) => setImmediate(resolve));
      storage.run('request', () => pending.get(what)?.());
    };
    storage.run('use', () => {
      const db = reactor.use({
        name: 'db',
        startup: { during: pends('db starts') },
        shutdown: { during: see('db stops') },
      });
      reactor.use({
        name: 'http',
        needs: [db],
        startup: { during: see('http starts') },
        shutdown: { during: pends('http stops') },
      });
    });
    const run = storage.run('run', () => reactor.run());
    await settle('db starts');
    await reactor.startupReport;
    storage.run('request', () => void reactor.stop());
    await settle('http stops');
    await run;
    expect(seen).toEqual(['db starts in run', 'http starts in run', 'http stops in run', 'db stops in run']);
  });

  /** What a later call sees when one before it leaves a context behind; `soon`: in the same turn. */
  async function leftBehind(soon: boolean, options: NodeReactorOptions): Promise<unknown> {
    const reactor = new NodeReactor({ signals: false, ...options });
    const seen: unknown[] = [];
    const run = reactor.run();
    const look = (): void => {
      seen.push(storage.getStore());
      void reactor.stop();
    };
    reactor.callSoon(() => {
      storage.enterWith('left behind');
      if (!soon) reactor.callSoon(look, { context: false });
    });
    if (soon) reactor.callSoon(look);
    await run;
    return seen;
  }

  it('N3: what a call enters and does not leave is gone with its turn', async () => {
    expect(await leftBehind(false, {})).toEqual([undefined]);
  });

  it('N3: on a reactor that keeps contexts it is gone with the call', async () => {
    expect(await leftBehind(true, { context: true })).toEqual([undefined]);
  });
});
