import { abandonedIn } from '../abandoned.ts';
import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import { Journal, areAborted } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { nextTurn, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { settle } from '../time.ts';
import { throws } from '../trigger-results.ts';

/** `crash`: C31. */
export function crash(kit: Kit): void {
  const { expect } = kit;

  kit.it('C31', 'crash() outside of a turn ends the run at once and fires no event', async () => {
    const reactor = kit.create();
    reactor.on('shutdown', mustNotRun);
    const { ended } = await start(reactor);
    await settle();
    reactor.crash();
    expect([reactor.state, reactor.running]).toEqual(['idle', false]);
    const { reason, shutdown } = await ended;
    expect([reason, shutdown]).toEqual([{ kind: 'crash' }, undefined]);
  });

  kit.it('C31', 'crash() inside a turn ends the run after that turn: its other calls still run', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const { ended } = await start(reactor);
    await nextTurn(reactor);
    await settle();
    reactor.callSoon(() => {
      reactor.crash();
      journal.entries.push(`${reactor.state} ${codeThrownBy(() => reactor.run())}`);
      reactor.callSoon(throws('a call of the next turn'));
    });
    reactor.callSoon(() => journal.entries.push('sibling'));
    await ended;
    expect(journal.entries).toEqual(['running ERR_TRIPHASE_ALREADY_RUNNING', 'sibling']);
    expect(reactor.state).toBe('idle');
  });

  kit.it('C31', 'a reactor that has crashed can run again, with the calls and triggers that were left', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const all = deferred();
    const note = (entry: string) => (): void => {
      journal.entries.push(entry);
      if (journal.entries.includes('queued') && journal.entries.includes('timed')) all.resolve();
    };
    reactor.once('shutdown', note('shutdown'));
    const { ended } = await start(reactor);
    await nextTurn(reactor);
    await settle();
    reactor.callLater(5, note('timed'));
    reactor.callSoon(note('queued'));
    reactor.crash();
    expect((await ended).left).toEqual({ queued: 1, timed: 1 });
    expect([journal.entries, reactor.getDelayedCalls().length]).toEqual([[], 1]);
    await start(reactor);
    await all.promise;
    await reactor.stop();
    expect(journal.entries).toEqual(['queued', 'timed', 'shutdown']);
  });

  kit.it('C31', 'after a crash the next run has its own promise and its own startup', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('startup', journal.notes('every startup'));
    reactor.once('startup', journal.notes('first startup'));
    const first = await start(reactor);
    reactor.crash();
    reactor.once('startup', journal.notes('second startup'));
    const second = await start(reactor);
    await reactor.stop({ kind: 'done' });
    expect(journal.entries).toEqual(['every startup', 'first startup', 'every startup', 'second startup']);
    expect([(await first.ended).reason.kind, (await second.ended).reason.kind]).toEqual(['crash', 'done']);
  });

  kit.it(
    'C31',
    'crash() abandons a pending firing: its report lists the pending triggers, and its later phases do not run',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, { name: 'slow' });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      await start(reactor);
      const firing = reactor.fire('event');
      reactor.crash();
      await settle();
      const { abandoned, counts } = await firing;
      expect(abandonedIn({ abandoned })).toEqual(['trigger event during slow']);
      expect([counts, reactor.isFiring('event')]).toEqual([{ before: 0, during: 1, after: 0 }, false]);
      expect(areAborted(pending)).toEqual([true]);
      pending.reject('too late');
      await settle();
      expect(journal.entries).toEqual(['during']);
      await reactor.fire('event');
      expect(journal.entries).toEqual(['during', 'after']);
    },
  );

  kit.it('C31', 'crash() while startup is pending abandons it, and the next run fires startup again', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const pending = journal.pends('before');
    reactor.once('startup', { before: pending.trigger, during: journal.notes('during') });
    const ended = reactor.run();
    await pending.called;
    reactor.crash();
    const { reason, startup } = await ended;
    expect([reason.kind, startup.abandoned.length, startup.counts.during]).toEqual(['crash', 1, 0]);
    pending.resolve();
    await settle();
    expect([journal.entries, reactor.state, reactor.running]).toEqual([['before'], 'idle', false]);
    await start(reactor);
    expect(journal.entries).toEqual(['before', 'during']);
    await reactor.stop();
  });

  kit.it(
    'C31',
    'crash() after stop() ends the run, in any phase of shutdown, and the reactor can run again',
    async () => {
      for (const phase of PHASES) {
        const reactor = kit.create({ onError: () => undefined });
        const pending = new Journal().pends(phase);
        reactor.addSystemEventTrigger(phase, 'shutdown', pending.trigger);
        const { ended } = await start(reactor);
        void reactor.stop({ kind: 'stop' });
        await pending.called;
        await settle();
        reactor.crash();
        const { reason, shutdown } = await ended;
        expect([reason, shutdown, reactor.state]).toEqual([{ kind: 'crash' }, undefined, 'idle']);
        pending.resolve();
        await start(reactor);
        expect((await reactor.stop({ kind: 'done' })).reason).toEqual({ kind: 'done' });
      }
    },
  );

  kit.it(
    'C31',
    'crash() between stop() and shutdown cancels that shutdown: the next run does not fire it',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.on('shutdown', journal.notes('shutdown'));
      await start(reactor);
      await settle();
      void reactor.stop();
      reactor.crash();
      await start(reactor);
      await nextTurn(reactor);
      await nextTurn(reactor);
      expect([journal.entries, reactor.state]).toEqual([[], 'running']);
      await reactor.stop();
    },
  );

  kit.it(
    'C31',
    'crash() on a reactor that is idle, has crashed or has stopped throws ReactorNotRunningError',
    async () => {
      const reactor = kit.create();
      const code = (): string =>
        codeThrownBy(() => {
          reactor.crash();
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
