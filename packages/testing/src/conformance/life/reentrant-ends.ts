import type { ReactorBase, RunResult } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { asyncDisposeOf } from '../dispose.ts';
import { throws } from '../failing.ts';
import { ignore } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { settle } from '../time.ts';

/** Code that hears of the end of a run, and from there crashes or runs the reactor: C24, C31, C33. */
export function reentrantEnds(kit: Kit): void {
  const { expect } = kit;

  kit.it('C31', 'the result of a run that a startup trigger has crashed can be printed', async () => {
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

  kit.it('C31', 'crash in a listener of the signal, while run() takes a signal that is aborted', async () => {
    const reactor = kit.create();
    reactor.on('startup', throws('never called'));
    reactor.on('shutdown', throws('never called'));
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
  });

  kit.it('C31', 'crash and run in a listener of the signal of a stop: the new run is complete', async () => {
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
  });

  kit.it('C33', 'dispose never rejects: in a listener of the signal of a crash it waits for the end', async () => {
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

  kit.it('C31', 'crash in an observer that hears of the end of startup or shutdown', async () => {
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
