import type { ReactorBase } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { settle } from '../time.ts';

/** `escalate` in a trigger, in a call, and twice: C32. */
export function escalateStates(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C32',
    'after escalate() in the synchronous part of a startup trigger no phase of shutdown waits',
    async () => {
      const reactor = kit.create();
      reactor.on('startup', {
        before: () => {
          reactor.escalate({ kind: 'impatient' });
        },
        during: mustNotRun,
      });
      reactor.on('shutdown', { before: () => deferred().promise, after: () => deferred().promise });
      const { reason, shutdown } = await reactor.run();
      expect([reason.kind, shutdown?.escalated, shutdown?.abandoned.length]).toEqual(['impatient', true, 2]);
    },
  );

  kit.it('C32', 'a second escalate() has no effect', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', {
      before: journal.notes('before'),
      after: () => {
        journal.entries.push('after');
        reactor.escalate();
      },
    });
    const { ended } = await start(reactor);
    reactor.escalate();
    await ended;
    expect([journal.entries, reactor.state]).toEqual([['before', 'after'], 'stopped']);
  });

  kit.it(
    'C32',
    'escalate() inside a call fires shutdown there and ends the turn: left counts the calls that did not run',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('shutdown', journal.notes('shutdown'));
      const { ended } = await start(reactor);
      await nextTurn(reactor);
      await settle();
      reactor.callSoon(() => {
        reactor.escalate({ kind: 'impatient' });
        journal.entries.push('escalated');
      });
      reactor.callSoon(mustNotRun);
      const { left } = await ended;
      expect([journal.entries, left.queued]).toEqual([['shutdown', 'escalated'], 1]);
    },
  );

  kit.it('C32', 'escalate() does not end the firings of other events: the end of the run does', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const pending = new Journal().pends('during');
    reactor.on('event', pending.trigger);
    const seen: unknown[] = [];
    reactor.on('shutdown', () => seen.push(reactor.isFiring('event'), pending.contexts[0]?.signal.aborted));
    const { ended } = await start(reactor);
    void reactor.fire('event');
    reactor.escalate();
    await ended;
    expect(seen).toEqual([true, false]);
  });

  kit.it(
    'C32',
    'escalate() on a reactor that is idle, has crashed or has stopped throws ReactorNotRunningError',
    async () => {
      const reactor: ReactorBase = kit.create();
      const code = (): string =>
        codeThrownBy(() => {
          reactor.escalate({ kind: 'impatient' });
        });
      expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
      await start(reactor);
      reactor.crash();
      expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
      await start(reactor);
      await reactor.stop();
      expect(code()).toBe('ERR_TRIPHASE_NOT_RUNNING');
    },
  );
}
