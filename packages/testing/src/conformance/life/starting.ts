import type { TriggerContext } from '@triphase/core';
import { CountingSignal } from '../counting-signal.ts';
import { deferred } from '../deferred.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { nextTurn, start, whenRunning } from '../running.ts';

/** From idle to running: C25, C26. */
export function starting(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C26',
    'run() with a signal that is already aborted runs no phase of startup, but fires shutdown',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('startup', { before: journal.notes('before startup'), after: journal.notes('after startup') });
      reactor.on('shutdown', journal.notes('shutdown'));
      const signal = new CountingSignal();
      signal.abort('never mind');
      const { reason, startup } = await reactor.run({ signal });
      expect(reason).toEqual({ kind: 'abort', cause: 'never mind' });
      expect(startup.counts).toEqual({ before: 0, during: 0, after: 0 });
      expect([journal.entries, reactor.state]).toEqual([['shutdown'], 'stopped']);
    },
  );

  kit.it(
    'C25',
    'running is false in before startup and true in during and after; the state is starting in all of them',
    async () => {
      const reactor = kit.create();
      const seen: unknown[] = [];
      const look = ({ phase }: TriggerContext): void =>
        void seen.push({ phase, running: reactor.running, state: reactor.state });
      reactor.on('startup', { before: look, during: look, after: look });
      expect([reactor.running, reactor.state]).toEqual([false, 'idle']);
      await start(reactor);
      expect(seen).toEqual([
        { phase: 'before', running: false, state: 'starting' },
        { phase: 'during', running: true, state: 'starting' },
        { phase: 'after', running: true, state: 'starting' },
      ]);
      await nextTurn(reactor);
      expect([reactor.running, reactor.state]).toEqual([true, 'running']);
      await reactor.stop();
    },
  );

  kit.it('C25', 'while before startup is pending, running is false and the state is starting', async () => {
    const reactor = kit.create();
    const { called, trigger, resolve } = new Journal().pends('before');
    reactor.on('startup', { before: trigger });
    const ended = reactor.run();
    await called;
    expect([reactor.running, reactor.state]).toEqual([false, 'starting']);
    resolve();
    await whenRunning(reactor);
    void reactor.stop();
    await ended;
  });

  kit.it('C26', 'turns go on while startup is pending: a trigger may wait for calls and timed calls', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const done = { before: deferred(), during: deferred(), after: deferred() };
    for (const phase of PHASES) {
      reactor.addSystemEventTrigger(phase, 'startup', async () => {
        await nextTurn(reactor);
        const later = deferred();
        reactor.callLater(2, later.resolve);
        await later.promise;
        journal.entries.push(phase);
        done[phase].resolve();
      });
    }
    await start(reactor);
    await done.after.promise;
    expect(journal.entries).toEqual(['before', 'during', 'after']);
    await reactor.stop();
  });

  kit.it('C26', 'while startup is pending turns come only when there is something to do', async () => {
    const reactor = kit.create();
    let turns = 0;
    reactor.on('startup', {
      before: async () => {
        const later = deferred();
        const begun = reactor.stats().turns;
        reactor.callLater(50, later.resolve);
        await later.promise;
        turns = reactor.stats().turns - begun;
      },
    });
    await start(reactor);
    expect(turns >= 1 && turns <= 5).toBe(true);
    await reactor.stop();
  });
}
