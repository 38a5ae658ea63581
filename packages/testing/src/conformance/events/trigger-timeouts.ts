import { resource } from '@triphase/core';
import { abandonedIn } from '../abandoned.ts';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { codeOf } from '../thrown.ts';
import { LIMIT, atLeast, block, settle } from '../time.ts';
import { contextOf, signalAborted, timeoutsIn } from './limit-helpers.ts';

/** The timeout of a trigger: C22. */
export function triggerTimeouts(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C22',
    'a trigger that exceeds its timeout is reported and listed in abandoned, and the next phase begins',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      reactor.addSystemEventTrigger('during', 'event', journal.pends('slow').trigger, { name: 'slow', timeout: LIMIT });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const report = await reactor.fire('event');
      expect(journal.entries).toEqual(['slow', 'after']);
      expect(timeoutsIn(report)).toEqual(['event during slow']);
      expect(abandonedIn(report)).toEqual(['trigger event during slow']);
      expect([report.escalated, report.vetoed]).toEqual([false, false]);
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
      expect(errors[0]).toBe(report.errors[0]);
      expect(sources).toEqual([{ kind: 'trigger', name: 'slow', event: 'event', phase: 'during' }]);
    },
  );

  kit.it('C22', 'a limit that is a string throws a TypeError at once, wherever it is given', () => {
    const text = '5' as unknown as number; // as: callers without types
    const reactor = kit.create();
    const ignored = (): void => undefined;
    for (const give of [
      () => kit.create({ limits: { event: { during: text } } }),
      () => kit.create({ limits: { shutdown: { deadline: text } } }),
      () => kit.create({ limits: { event: null as never } }), // as: see above
      () => reactor.addSystemEventTrigger('during', 'event', ignored, { timeout: text }),
      () => reactor.on('event', ignored, { timeout: text }),
      () => reactor.fire('event', undefined, { limits: { deadline: text } }),
      () => resource('db', ignored, ignored, { timeout: text }),
      () => reactor.use({ name: 'http', leadTime: text }),
    ]) {
      expect(give).toThrow(TypeError);
    }
    expect(() => reactor.on('event', ignored, { timeout: text })).toThrow(
      "The timeout is a number of milliseconds, 0 or more, got the string '5'",
    );
    expect(reactor.isFiring('event')).toBe(false);
  });

  kit.it('C22', 'the age of an abandoned trigger is the time that it was pending', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { timeout: LIMIT });
    const { errors, abandoned, duration } = await reactor.fire('event');
    const ages = [...errors, ...abandoned].map((each) => ('age' in each ? each.age : -1));
    expect(ages.length).toBe(2);
    expect(ages.every((age) => atLeast(age, LIMIT) && age <= duration)).toBe(true);
  });

  kit.it('C22', 'the timeout of one trigger does not end the wait for another one', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const [slow, sibling] = [journal.pends('slow'), journal.pends('sibling')];
    reactor.addSystemEventTrigger('during', 'event', slow.trigger, { timeout: LIMIT });
    reactor.addSystemEventTrigger('during', 'event', sibling.trigger);
    reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
    const firing = reactor.fire('event');
    await signalAborted(slow);
    await settle();
    expect(journal.entries).toEqual(['slow', 'sibling']);
    expect(contextOf(sibling).signal.aborted).toBe(false);
    sibling.resolve();
    await firing;
    expect(journal.entries).toEqual(['slow', 'sibling', 'after']);
  });

  for (const how of ['resolve', 'reject'] as const) {
    kit.it('C22', `when an abandoned trigger ${how}s late, that has no effect`, async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const slow = journal.pends('slow');
      const after = journal.pends('after');
      reactor.addSystemEventTrigger('during', 'event', slow.trigger, { timeout: LIMIT });
      reactor.addSystemEventTrigger('after', 'event', after.trigger);
      const firing = reactor.fire('event');
      await signalAborted(slow);
      slow[how](undefined);
      await settle();
      expect([errors.length, reactor.isFiring('event'), journal.entries]).toEqual([1, true, ['slow', 'after']]);
      after.resolve();
      expect((await firing).errors.length).toBe(1);
    });
  }

  kit.it(
    'C22',
    'a limit applies to pending triggers, not to synchronous code',
    async () => {
      const reactor = kit.create();
      reactor.addSystemEventTrigger(
        'during',
        'event',
        () => {
          block(reactor, LIMIT);
        },
        { timeout: 5 },
      );
      reactor.addSystemEventTrigger(
        'after',
        'event',
        () => {
          block(reactor, LIMIT);
          return Promise.resolve();
        },
        { timeout: 5 },
      );
      const { errors, abandoned, escalated } = await reactor.fire('event', undefined, {
        limits: { deadline: 5, during: 5, after: 5 },
      });
      expect([errors, abandoned, escalated]).toEqual([[], [], false]);
    },
    { needs: 'movingClock' },
  );

  kit.it(
    'C22',
    'the timeout of a trigger counts from its call',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const blocking = (): Promise<void> => {
        block(reactor, 2 * LIMIT);
        return deferred().promise;
      };
      reactor.addSystemEventTrigger('during', 'event', blocking, { name: 'first', timeout: 3 * LIMIT });
      reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, {
        name: 'second',
        timeout: 2 * LIMIT,
      });
      expect(timeoutsIn(await reactor.fire('event'))).toEqual(['event during first', 'event during second']);
    },
    { needs: 'movingClock' },
  );
}
