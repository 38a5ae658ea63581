import { sleep } from '@triphase/core';
import { abandonedIn } from '../abandoned.ts';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, start } from '../running.ts';
import { LIMIT, block, settle } from '../time.ts';
import { contextOf, limitExpires, timeoutsIn } from './limit-helpers.ts';

/** The limits of phases and events: C22. */
export function phaseLimits(kit: Kit): void {
  const { expect } = kit;

  for (const phase of ['before', 'during', 'after'] as const) {
    kit.it(
      'C22',
      `at the limit of ${phase} all its pending triggers are reported, and the firing goes on`,
      async () => {
        const reactor = kit.create({ onError: () => undefined });
        const journal = new Journal();
        reactor.on('event', {
          before: journal.notes('before'),
          during: journal.notes('during'),
          after: journal.notes('after'),
        });
        for (const name of ['first', 'second'])
          reactor.addSystemEventTrigger(phase, 'event', () => deferred().promise, { name });
        const report = await reactor.fire('event', undefined, { limits: { [phase]: LIMIT } });
        expect(journal.entries).toEqual(['before', 'during', 'after']);
        expect(timeoutsIn(report)).toEqual([`event ${phase} first`, `event ${phase} second`]);
        expect(abandonedIn(report)).toEqual([`trigger event ${phase} first`, `trigger event ${phase} second`]);
        expect(report.escalated).toBe(false);
      },
    );
  }

  kit.it('C22', 'the limit of a phase counts from the start of that phase', async () => {
    const reactor = kit.create();
    // 500 ms for a sleep of 1 ms: the machine may stall.
    const limit = 500;
    reactor.addSystemEventTrigger('before', 'event', () => sleep(reactor, limit + LIMIT), { name: 'longer' });
    reactor.addSystemEventTrigger('during', 'event', () => sleep(reactor, 1), { name: 'shorter' });
    await start(reactor);
    const report = await reactor.fire('event', undefined, { limits: { during: limit } });
    expect(timeoutsIn(report)).toEqual([]);
    await reactor.stop();
  });

  kit.it('C22', 'at the deadline pending triggers are reported, and the later phases run without waiting', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    const journal = new Journal();
    const [before, during] = [journal.pends('before'), journal.pends('during')];
    reactor.addSystemEventTrigger('before', 'event', before.trigger, { name: 'check' });
    reactor.addSystemEventTrigger('during', 'event', during.trigger, { name: 'apply' });
    reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
    const report = await reactor.fire('event', undefined, { limits: { deadline: LIMIT } });
    expect(journal.entries).toEqual(['before', 'during', 'after']);
    expect(report.escalated).toBe(true);
    expect(timeoutsIn(report)).toEqual(['event before check']);
    expect(abandonedIn(report)).toEqual(['trigger event before check', 'trigger event during apply']);
    expect(errors.length).toBe(1);
    during.reject('too late');
    await settle();
    expect(errors.length).toBe(1);
  });

  kit.it('C22', 'each phase has its own limit, also after a phase that exceeded its limit', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => deferred().promise, { name: 'first' });
    reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { name: 'second' });
    const report = await reactor.fire('event', undefined, { limits: { before: LIMIT, during: LIMIT } });
    expect(timeoutsIn(report)).toEqual(['event before first', 'event during second']);
  });

  kit.it('C22', 'the limit of a phase that is over does not end the next phase', async () => {
    const reactor = kit.create();
    // It settles before any turn, so the limit cannot expire in its own phase on a slow machine.
    reactor.addSystemEventTrigger('before', 'event', () => Promise.resolve());
    reactor.addSystemEventTrigger('during', 'event', () => sleep(reactor, 2 * LIMIT));
    await start(reactor);
    const report = await reactor.fire('event', undefined, { limits: { before: LIMIT } });
    expect(timeoutsIn(report)).toEqual([]);
    await reactor.stop();
  });

  kit.it('C22', 'the deadline of shutdown counts from stop(), not from when shutdown fires', async () => {
    const deadline = 2_000;
    const reactor = kit.create({ limits: { shutdown: { deadline } }, onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'startup', async () => {
      void reactor.stop();
      // Well below the time that a start has after a stop (C29): the machine may stall.
      await sleep(reactor, deadline / 5);
    });
    reactor.on('shutdown', () => deferred().promise);
    const { startup, shutdown } = await reactor.run();
    expect([startup.abandoned.length, shutdown?.abandoned.length]).toEqual([0, 1]);
    expect((shutdown?.duration ?? NaN) < deadline).toBe(true);
  });

  kit.it('C22', 'the option limits of the reactor sets limits by event type, for strings and symbols', async () => {
    const tick = Symbol('tick');
    const reactor = kit.create({
      onError: () => undefined,
      limits: { event: { during: LIMIT }, [tick]: { deadline: LIMIT } },
    });
    for (const type of ['event', tick]) {
      reactor.addSystemEventTrigger('during', type, () => deferred().promise, { name: 'slow' });
      expect(timeoutsIn(await reactor.fire(type))).toEqual([`${String(type)} during slow`]);
    }
  });

  kit.it('C22', 'the limits of a firing replace those of the reactor, and Infinity means no limit', async () => {
    const reactor = kit.create({ onError: () => undefined, limits: { event: { during: LIMIT } } });
    const pending = new Journal().pends('pending');
    reactor.once('event', pending.trigger);
    const firing = reactor.fire('event', undefined, { limits: { during: Infinity } });
    await limitExpires(reactor, 3 * LIMIT);
    expect([reactor.isFiring('event'), contextOf(pending).signal.aborted]).toEqual([true, false]);
    pending.resolve();
    expect((await firing).errors).toEqual([]);
  });

  kit.it('C22', 'limits of triggers that settled in time, and of firings that are over, have no effect', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const pending = new Journal().pends('pending');
    reactor.addSystemEventTrigger('during', 'event', () => Promise.resolve(), { timeout: LIMIT });
    await reactor.fire('event', undefined, { limits: { during: LIMIT, deadline: LIMIT } });
    reactor.addSystemEventTrigger('during', 'event', pending.trigger);
    const firing = reactor.fire('event');
    await limitExpires(reactor, 3 * LIMIT);
    expect([reactor.isFiring('event'), contextOf(pending).signal.aborted]).toEqual([true, false]);
    pending.resolve();
    const { errors, escalated } = await firing;
    expect([errors, escalated]).toEqual([[], false]);
  });

  kit.it('C22', 'on a reactor that is not started a wakeup checks limits and runs no calls', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    reactor.callSoon(() => journal.entries.push('call'));
    reactor.callLater(0, () => journal.entries.push('timed call'));
    reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { timeout: LIMIT });
    expect((await reactor.fire('event')).errors.length).toBe(1);
    await settle();
    expect([journal.entries, reactor.state]).toEqual([[], 'idle']);
  });

  kit.it(
    'C22',
    'a turn handles expired limits before any queued call',
    async () => {
      const journal = new Journal();
      const reactor = kit.create({ onError: () => journal.entries.push('limit') });
      reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { timeout: 5 });
      await start(reactor);
      await nextTurn(reactor);
      const firing = reactor.fire('event');
      reactor.callSoon(() => {
        reactor.callSoon(() => journal.entries.push('call of the next turn'));
        block(reactor, LIMIT);
      });
      await firing;
      await nextTurn(reactor);
      expect(journal.entries).toEqual(['limit', 'call of the next turn']);
      await reactor.stop();
    },
    { needs: 'movingClock' },
  );
}
