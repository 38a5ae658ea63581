import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { every, sleep, ticks, type RunResult } from '@triphase/core';
import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';

const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();

/** Runs a reactor in the async context `run`, and calls `ask` in the context `caller`. Gives the context in which `see` was called. */
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

describe('the async context of calls and triggers', () => {
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
    {
      rule: 'callFromThread runs in the context of run()',
      options: {},
      ask: (reactor, see) => reactor.callFromThread(see),
      context: 'run',
    },
    {
      rule: 'callLater runs in the context of run()',
      options: {},
      ask: (reactor, see) => reactor.callLater(1, see),
      context: 'run',
    },
    {
      rule: 'callSoon with context: true runs in the context of its caller',
      options: {},
      ask: (reactor, see) => reactor.callSoon(see, kept),
      context: 'caller',
    },
    {
      rule: 'callLater with context: true runs in the context of its caller',
      options: {},
      ask: (reactor, see) => reactor.callLater(1, see, kept),
      context: 'caller',
    },
    {
      rule: 'on a reactor with context: true callSoon runs in the context of its caller',
      options: kept,
      ask: (reactor, see) => reactor.callSoon(see),
      context: 'caller',
    },
    {
      rule: 'on a reactor with context: true callFromThread runs in the context of its caller',
      options: kept,
      ask: (reactor, see) => reactor.callFromThread(see),
      context: 'caller',
    },
    {
      rule: 'on a reactor with context: true callLater runs in the context of its caller',
      options: kept,
      ask: (reactor, see) => reactor.callLater(1, see),
      context: 'caller',
    },
    {
      rule: 'on a reactor with context: true callSoon with context: false runs in the context of run()',
      options: kept,
      ask: (reactor, see) => reactor.callSoon(see, { context: false }),
      context: 'run',
    },
    {
      rule: 'on a reactor with context: true callLater with context: false runs in the context of run()',
      options: kept,
      ask: (reactor, see) => reactor.callLater(1, see, { context: false }),
      context: 'run',
    },
    {
      rule: 'sleep keeps the context of its caller',
      options: {},
      ask: (reactor, see) => sleep(reactor, 1).then(see),
      context: 'caller',
    },
    {
      rule: 'every keeps the context of its caller in each run',
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
      rule: 'ticks keeps the context of its consumer in each tick',
      options: {},
      ask: async (reactor, see) => {
        let seen = 0;
        for await (const _ of ticks(reactor, 1)) if (++seen === 3) break;
        see();
      },
      context: 'caller',
    },
    {
      rule: 'a trigger runs in the context of the code that fires, also in later phases',
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

  it('N3: a call that keeps its context keeps its name in error reports, and is checked like any other', async () => {
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
      // stop() is called in another context: shutdown must not run in it.
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

  it('N3: services that waited for another one run in the context of run(), not of use() or of the code that settles their wait', async () => {
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

  /**
   * An earlier call enters a context and does not leave it. Gives the contexts in which a later call runs: with `soon` in the same turn,
   * else in the next one.
   */
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

  it('N3: a context that a call enters and does not leave ends with the turn', async () => {
    expect(await leftBehind(false, {})).toEqual([undefined]);
  });

  it('N3: on a reactor with context: true such a context ends with the call', async () => {
    expect(await leftBehind(true, { context: true })).toEqual([undefined]);
  });
});
