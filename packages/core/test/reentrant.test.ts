// Small programs that call back into their reactor. The soak has found each of them.
import { describe, expect, it } from '@jest/globals';

import { StartupFailedError, type FiringReport, type RunResult } from '@triphase/core';

import { settled } from './hand-turned-reactor.ts';
import { HostedReactor } from './hosted-reactor.ts';

/** What a promise has settled with so far, or `pending`. */
async function soFar<T>(promise: Promise<T>): Promise<T | 'pending' | Error> {
  const told = promise.catch((error: unknown) => error as Error); // as: core throws nothing else
  await settled();
  return Promise.race([told, Promise.resolve('pending' as const)]);
}

async function reasonOf(run: Promise<RunResult>): Promise<string> {
  const result = await soFar(run);
  if (result instanceof StartupFailedError) return `failed: ${result.result.reason.kind}`;
  return result === 'pending' || result instanceof Error ? String(result) : result.reason.kind;
}

/** For each hook of a run: makes a reactor that calls `then` in that hook, once. */
const HOOKS: Readonly<Record<string, (then: (reactor: HostedReactor) => void) => HostedReactor>> = {
  acquireKeepAlive: (then) => {
    const reactor = new HostedReactor({ acquireKeepAlive: once(() => then(reactor)) });
    return reactor;
  },
  attachHost: (then) => {
    const reactor = new HostedReactor({ attachHost: once(() => then(reactor)) });
    return reactor;
  },
  'a trigger that attachHost fires': (then) => {
    const reactor = new HostedReactor({ attachHost: once(() => void reactor.fire('a')) });
    reactor.on('a', () => {
      then(reactor);
    });
    return reactor;
  },
  'observer.firing of startup': (then) => {
    const call = once(() => then(reactor));
    const reactor = new HostedReactor(
      {},
      { observer: { firing: (_step, { event }) => (event === 'startup' ? call() : undefined) } },
    );
    return reactor;
  },
  'observer.phase of startup': (then) => {
    const call = once(() => then(reactor));
    const reactor = new HostedReactor(
      {},
      { observer: { phase: (_step, { event }) => (event === 'startup' ? call() : undefined) } },
    );
    return reactor;
  },
  'reactor.signal, of a run whose signal is aborted already': (then) => {
    const reactor = new HostedReactor();
    reactor.signal.addEventListener(
      'abort',
      once(() => then(reactor)),
    );
    return reactor;
  },
};

function once(fn: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    fn();
  };
}

describe('C24, C31: crash() from a hook of the run', () => {
  it.each(Object.keys(HOOKS))(
    '%s: the run settles, the host is released, and another run is possible',
    async (name) => {
      const reactor = HOOKS[name]!((inside) => {
        inside.crash();
      });
      const run = reactor.run(name.startsWith('reactor.signal') ? { signal: AbortSignal.abort() } : {});
      reactor.pump();
      expect(await reasonOf(run)).toBe('crash');
      expect(reactor.state).toBe('idle');
      const count = (what: string): number => reactor.journal.filter((line) => line.endsWith(what)).length;
      expect(count('released')).toBe(count('held'));
      const again = reactor.run();
      expect(reactor.state).toBe('running');
      void reactor.stop();
      reactor.pump();
      expect(await reasonOf(again)).toBe('stop');
    },
  );

  it('the result of a run that a startup trigger has crashed has a text', async () => {
    const reactor = new HostedReactor();
    reactor.once('startup', () => {
      reactor.advance(5);
      reactor.crash();
      reactor.advance(5); // it goes on after the end of its run
    });
    expect(String(await reactor.run())).toMatch(/^run ended: crash;/);
  });

  it('and run() in an abort listener of stop(): the start of the new run is not cut', async () => {
    const reactor = new HostedReactor();
    const started: string[] = [];
    reactor.on('startup', { during: settled, after: () => void started.push(reactor.state) });
    const first = reactor.run();
    for (let hops = 0; hops < 3; hops++) await settled();
    const runs: Promise<RunResult>[] = [];
    reactor.signal.addEventListener('abort', () => {
      reactor.crash();
      runs.push(reactor.run());
    });
    void reactor.stop().catch(() => undefined);
    reactor.pump();
    expect(await reasonOf(first)).toBe('crash');
    for (let hops = 0; hops < 3; hops++) await settled();
    expect([reactor.state, ...started]).toEqual(['running', 'starting', 'starting']);
    void reactor.stop();
    reactor.pump();
    expect(await reasonOf(runs[0]!)).toBe('stop');
  });
});

describe('C33: await using never rejects', () => {
  it.each(['context.signal', 'reactor.signal', 'the release of the host'])(
    'in %s, while a crash is under way',
    async (place) => {
      const disposals: Promise<void>[] = [];
      const dispose = (): void => void disposals.push(reactor[Symbol.asyncDispose]());
      const reactor = new HostedReactor(
        {},
        place === 'the release of the host' ? { onError: dispose } : { onError: () => undefined },
      );
      if (place === 'context.signal') {
        reactor.on('startup', ({ signal }) => {
          signal.addEventListener('abort', dispose);
          return new Promise(() => undefined);
        });
      }
      if (place === 'reactor.signal') reactor.signal.addEventListener('abort', dispose);
      if (place === 'the release of the host') {
        Object.assign(reactor, {
          attachHost: () => ({
            [Symbol.dispose]: () => {
              dispose();
            },
          }),
        });
      }
      void reactor.run();
      reactor.crash();
      expect(disposals).toHaveLength(1);
      expect(await soFar(disposals[0]!)).toBeUndefined();
    },
  );
});

describe('C15, C20, C32: a host that fires an event from inside its own firing', () => {
  it.each([true, false])('terminal: %s: both firings settle, one after the other', async (terminal) => {
    const reactor = new HostedReactor();
    const seen: string[] = [];
    let settle = (): void => undefined;
    reactor.on('a', {
      before: ({ detail }) => void seen.push(`before ${String(detail)}`),
      during: ({ detail }) => {
        seen.push(`during ${String(detail)}`);
        if (detail !== 'program') return undefined;
        reactor.control.fire('a', 'host', { terminal });
        return new Promise<void>((resolve) => {
          settle = resolve;
        });
      },
      after: ({ detail }) => void seen.push(`after ${String(detail)}`),
    });
    void reactor.run();
    const fired: Promise<FiringReport> = reactor.fire('a', 'program');
    await settled();
    settle();
    const report = await soFar(fired);
    expect(seen).toEqual([
      ...['before program', 'during program', 'after program'],
      ...['before host', 'during host', 'after host'],
    ]);
    expect(report).toMatchObject({ counts: { before: 1, during: 1, after: 1 } });
    expect(reactor.isFiring('a')).toBe(false);
  });
});

describe('C57: work whose then ends the shutdown that waits for it', () => {
  it.each(['escalate', 'terminal'])('%s: nothing is reported', async (how) => {
    const heard: unknown[] = [];
    const reactor = new HostedReactor({}, { onError: (error) => void heard.push(error) });
    reactor.on('shutdown', { before: () => new Promise(() => undefined) });
    const run = reactor.run();
    void reactor.stop();
    reactor.pump();
    const work = {
      then: () => {
        if (how === 'escalate') reactor.escalate();
        else reactor.control.fire('shutdown', { kind: 'host' }, { terminal: true });
      },
    };
    try {
      reactor.waitUntil(work as unknown as PromiseLike<void>); // as: what is returned does not matter
    } catch {
      // It may come too late for this shutdown (ReactorNotRunningError), but must not be a failure of the work.
    }
    for (let hops = 0; hops < 3; hops++) await settled();
    expect(heard).toEqual([]);
    expect(await reasonOf(run)).toBe('stop');
  });
});

describe('C12, C20: firings without end, and deep ones', () => {
  it('C20: an event that asks for itself lets a macrotask of the host in between', async () => {
    const reactor = new HostedReactor();
    let firings = 0;
    let isOver = false;
    reactor.on('x', () => {
      // A limit, so that a failure does not hang the tests.
      if (!isOver && ++firings < 50_000) void reactor.fire('x', undefined, { whenFiring: 'again' });
    });
    void reactor.fire('x');
    await settled();
    isOver = true;
    expect(firings).toBeLessThan(50_000);
  });

  it.each([700, 5_000])('C12: %i firings inside of each other leave no event firing', async (depth) => {
    const reactor = new HostedReactor({}, { onError: () => undefined });
    for (let event = 0; event < depth; event++) {
      reactor.on(event, () => {
        if (event + 1 < depth) void reactor.fire(event + 1);
      });
    }
    void reactor.fire(0);
    await settled();
    expect(Array.from({ length: depth }, (_, event) => event).filter((event) => reactor.isFiring(event))).toEqual([]);
  });
});

describe('C17, C52: a function of a service', () => {
  it.each(['before', 'during', 'after'] as const)(
    'adds a plain trigger to its own phase (%s), which runs',
    async (phase) => {
      const reactor = new HostedReactor();
      let calls = 0;
      const count = (): void => {
        calls++;
      };
      reactor.use({
        name: 'adds',
        startup: { [phase]: () => void reactor.addSystemEventTrigger(phase, 'startup', count) },
        shutdown: { [phase]: () => void reactor.addSystemEventTrigger(phase, 'shutdown', count) },
      });
      const run = reactor.run();
      void reactor.stop().catch(() => undefined);
      reactor.pump();
      expect(await reasonOf(run)).toBe('stop');
      expect(calls).toBe(2);
    },
  );
});
