import type { ReactorBase, RunResult } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { asyncDisposeOf } from '../dispose.ts';
import { ignore, mustNotRun } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { settle } from '../time.ts';

/** `crash`, `run` and disposing inside listeners and observers of the end of a run: C31, C33. */
export function reentrantEnds(kit: Kit): void {
  const { expect } = kit;

  kit.it('C31', 'the result of a run in which a startup trigger called crash() can be printed', async () => {
    const reactor = kit.create();
    reactor.once('startup', async () => {
      await settle();
      reactor.crash();
    });
    expect(String(await reactor.run()).includes('run ended: crash')).toBe(true);
    reactor.once('startup', () => {
      reactor.crash();
    });
    expect(String(await reactor.run()).includes('run ended: crash')).toBe(true);
  });

  kit.it(
    'C31',
    'in a run() whose signal is already aborted, crash() in a listener of reactor.signal ends the run',
    async () => {
      const reactor = kit.create();
      reactor.on('startup', mustNotRun);
      reactor.on('shutdown', mustNotRun);
      reactor.signal.addEventListener('abort', () => {
        reactor.crash();
      });
      const signal = { aborted: true, reason: 'gone', addEventListener: ignore, removeEventListener: ignore };
      const { reason, startup } = await reactor.run({ signal });
      expect([reason, startup.counts, reactor.state]).toEqual([
        { kind: 'crash' },
        { before: 0, during: 0, after: 0 },
        'idle',
      ]);
    },
  );

  kit.it(
    'C31',
    'crash() and run() in a listener of reactor.signal, after stop(), begin a complete new run',
    async () => {
      const reactor = kit.create();
      const { ended } = await start(reactor);
      const pending = deferred();
      let second: Promise<unknown> | undefined;
      let isAborted: boolean | undefined;
      reactor.signal.addEventListener('abort', () => {
        reactor.crash();
        reactor.once('startup', { before: () => pending.promise, after: ignore });
        second = reactor.run();
        isAborted = reactor.signal.aborted;
      });
      void reactor.stop();
      expect([(await ended).reason.kind, reactor.state, isAborted]).toEqual(['crash', 'starting', false]);
      pending.resolve();
      expect((await reactor.startupReport)?.counts).toEqual({ before: 1, during: 0, after: 1 });
      expect([reactor.state, reactor.signal.aborted]).toEqual(['running', false]);
      void reactor.stop({ kind: 'done' });
      expect(((await second) as RunResult).reason.kind).toBe('done');
    },
  );

  kit.it('C33', 'disposing in a listener of reactor.signal, after crash(), waits for the end of the run', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    let disposed: PromiseLike<void> | undefined;
    reactor.signal.addEventListener('abort', () => {
      disposed = asyncDisposeOf(reactor);
    });
    reactor.crash();
    await disposed;
    expect([(await ended).reason.kind, reactor.state]).toEqual(['crash', 'idle']);
  });

  kit.it('C31', 'crash() in an observer, at the end of startup or shutdown, ends the run', async () => {
    for (const event of ['startup', 'shutdown']) {
      let crashes = 0;
      const reactor: ReactorBase = kit.create({
        observer: {
          firing: (step, firing) => {
            if (firing.event !== event || step === 'start' || crashes++ > 0) return;
            reactor.crash();
          },
        },
      });
      const ended = reactor.run();
      if (event === 'shutdown') void reactor.stop();
      expect([(await ended).reason.kind, reactor.state]).toEqual(['crash', 'idle']);
      await start(reactor);
      expect((await reactor.stop()).reason.kind).toBe('stop');
    }
  });
}
