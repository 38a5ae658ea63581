import { resource, sleep, type FiringReport, type ReactorBase, type TriggerContext } from '@triphase/core';
import { Journal, type PendingTrigger } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, deferred, lasts, nextTurn, recordErrors, settle, start } from './steps.ts';

/** Milliseconds: long enough to be told from no delay at all, short enough to wait for. */
const LIMIT = 20;

/** Time limits: C22, and the signals of C21 that they abort. */
export function limits(kit: Kit): void {
  kit.it(
    'C22',
    'a trigger that outlives its timeout is reported, listed in abandoned, and the barrier opens without it',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      reactor.addSystemEventTrigger('during', 'event', journal.pends('slow').trigger, { name: 'slow', timeout: LIMIT });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const report = await reactor.fire('event');
      kit.expect(journal.entries).toEqual(['slow', 'after']);
      kit.expect(timeoutsIn(report)).toEqual(['event during slow']);
      kit.expect(abandonedIn(report)).toEqual(['trigger event during slow']);
      kit.expect([report.escalated, report.vetoed]).toEqual([false, false]);
      kit.expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
      kit.expect(errors[0]).toBe(report.errors[0]);
      kit.expect(sources).toEqual([{ kind: 'trigger', name: 'slow', event: 'event', phase: 'during' }]);
    },
  );

  kit.it('C22', 'a limit that is a text is a TypeError at once, wherever it is given', () => {
    const text = '5' as unknown as number; // as: JavaScript passes anything, such as what it has from the environment
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
      kit.expect(give).toThrow(TypeError);
    }
    kit
      .expect(() => reactor.on('event', ignored, { timeout: text }))
      .toThrow("The timeout is a number of milliseconds, 0 or more, got the string '5'");
    kit.expect(reactor.isFiring('event')).toBe(false);
  });

  kit.it('C22', 'the age of an abandoned call is the time that it has been pending', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { timeout: LIMIT });
    const { errors, abandoned, duration } = await reactor.fire('event');
    const ages = [...errors, ...abandoned].map((each) => ('age' in each ? each.age : -1));
    kit.expect(ages.length).toBe(2);
    kit.expect(ages.every((age) => lasts(age, LIMIT) && age <= duration)).toBe(true);
  });

  kit.it('C22', 'a timeout is for its own trigger: a sibling is still waited for', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const [slow, sibling] = [journal.pends('slow'), journal.pends('sibling')];
    reactor.addSystemEventTrigger('during', 'event', slow.trigger, { timeout: LIMIT });
    reactor.addSystemEventTrigger('during', 'event', sibling.trigger);
    reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
    const firing = reactor.fire('event');
    await aborted(slow);
    await settle();
    kit.expect(journal.entries).toEqual(['slow', 'sibling']);
    kit.expect(contextOf(sibling).signal.aborted).toBe(false);
    sibling.resolve();
    await firing;
    kit.expect(journal.entries).toEqual(['slow', 'sibling', 'after']);
  });

  for (const how of ['resolve', 'reject'] as const) {
    kit.it('C22', `what is left behind may ${how} late: it is ignored, silently and harmlessly`, async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const slow = journal.pends('slow');
      const after = journal.pends('after');
      reactor.addSystemEventTrigger('during', 'event', slow.trigger, { timeout: LIMIT });
      reactor.addSystemEventTrigger('after', 'event', after.trigger);
      const firing = reactor.fire('event');
      await aborted(slow);
      slow[how](undefined);
      await settle();
      kit.expect([errors.length, reactor.isFiring('event'), journal.entries]).toEqual([1, true, ['slow', 'after']]);
      after.resolve();
      kit.expect((await firing).errors.length).toBe(1);
    });
  }

  kit.it(
    'C22',
    'a limit bounds what pends, not synchronous code',
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
      kit.expect([errors, abandoned, escalated]).toEqual([[], [], false]);
    },
    { needs: 'movingClock' },
  );

  kit.it(
    'C22',
    "a trigger's timeout counts from its call",
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
      kit.expect(timeoutsIn(await reactor.fire('event'))).toEqual(['event during first', 'event during second']);
    },
    { needs: 'movingClock' },
  );

  for (const phase of ['before', 'during', 'after'] as const) {
    kit.it(
      'C22',
      `the limit of ${phase} ends that phase: all that pend in it are reported, the rest of the firing goes on`,
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
        kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
        kit.expect(timeoutsIn(report)).toEqual([`event ${phase} first`, `event ${phase} second`]);
        kit.expect(abandonedIn(report)).toEqual([`trigger event ${phase} first`, `trigger event ${phase} second`]);
        kit.expect(report.escalated).toBe(false);
      },
    );
  }

  kit.it('C22', 'the limit of a phase counts from the start of that phase, and only there', async () => {
    const reactor = kit.create();
    // Half a second for one turn, on a machine that stalls.
    const limit = 500;
    reactor.addSystemEventTrigger('before', 'event', () => sleep(reactor, limit + LIMIT), { name: 'longer' });
    reactor.addSystemEventTrigger('during', 'event', () => sleep(reactor, 1), { name: 'shorter' });
    await start(reactor);
    const report = await reactor.fire('event', undefined, { limits: { during: limit } });
    kit.expect(timeoutsIn(report)).toEqual([]);
    await reactor.stop();
  });

  kit.it(
    'C22',
    'at the deadline the firing is escalated: what pends is reported, each later phase runs, none waits',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const [before, during] = [journal.pends('before'), journal.pends('during')];
      reactor.addSystemEventTrigger('before', 'event', before.trigger, { name: 'check' });
      reactor.addSystemEventTrigger('during', 'event', during.trigger, { name: 'apply' });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const report = await reactor.fire('event', undefined, { limits: { deadline: LIMIT } });
      kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
      kit.expect(report.escalated).toBe(true);
      kit.expect(timeoutsIn(report)).toEqual(['event before check']);
      kit.expect(abandonedIn(report)).toEqual(['trigger event before check', 'trigger event during apply']);
      kit.expect(errors.length).toBe(1);
      during.reject('too late');
      await settle();
      kit.expect(errors.length).toBe(1);
    },
  );

  kit.it('C22', 'the limit of each phase counts anew, also after one that has ended its phase', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => deferred().promise, { name: 'first' });
    reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { name: 'second' });
    const report = await reactor.fire('event', undefined, { limits: { before: LIMIT, during: LIMIT } });
    kit.expect(timeoutsIn(report)).toEqual(['event before first', 'event during second']);
  });

  kit.it('C22', 'the limit of a phase that is over does not end the next', async () => {
    const reactor = kit.create();
    // Settles before any turn: no machine is so slow that the limit ends its own phase.
    reactor.addSystemEventTrigger('before', 'event', () => Promise.resolve());
    reactor.addSystemEventTrigger('during', 'event', () => sleep(reactor, 2 * LIMIT));
    await start(reactor);
    const report = await reactor.fire('event', undefined, { limits: { before: LIMIT } });
    kit.expect(timeoutsIn(report)).toEqual([]);
    await reactor.stop();
  });

  kit.it('C22', 'the deadline of shutdown counts from the stop, not from when shutdown fires', async () => {
    const deadline = 2_000;
    const reactor = kit.create({ limits: { shutdown: { deadline } }, onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'startup', async () => {
      void reactor.stop();
      // Well below the share that a start has (C29), for a machine that stalls.
      await sleep(reactor, deadline / 5);
    });
    reactor.on('shutdown', () => deferred().promise);
    const { startup, shutdown } = await reactor.run();
    kit.expect([startup.abandoned.length, shutdown?.abandoned.length]).toEqual([0, 1]);
    kit.expect((shutdown?.duration ?? NaN) < deadline).toBe(true);
  });

  kit.it('C22', 'limits by event type are an option of the reactor, for strings and symbols', async () => {
    const tick = Symbol('tick');
    const reactor = kit.create({
      onError: () => undefined,
      limits: { event: { during: LIMIT }, [tick]: { deadline: LIMIT } },
    });
    for (const type of ['event', tick]) {
      reactor.addSystemEventTrigger('during', type, () => deferred().promise, { name: 'slow' });
      kit.expect(timeoutsIn(await reactor.fire(type))).toEqual([`${String(type)} during slow`]);
    }
  });

  kit.it('C22', 'the limits of a firing override those of the reactor, and Infinity is no limit', async () => {
    const reactor = kit.create({ onError: () => undefined, limits: { event: { during: LIMIT } } });
    const pending = new Journal().pends('pending');
    reactor.once('event', pending.trigger);
    const firing = reactor.fire('event', undefined, { limits: { during: Infinity } });
    await timePasses(reactor, 3 * LIMIT);
    kit.expect([reactor.isFiring('event'), contextOf(pending).signal.aborted]).toEqual([true, false]);
    pending.resolve();
    kit.expect((await firing).errors).toEqual([]);
  });

  kit.it(
    'C22',
    'the limits of what has settled in time, and of a firing that is over, expire without effect',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const pending = new Journal().pends('pending');
      reactor.addSystemEventTrigger('during', 'event', () => Promise.resolve(), { timeout: LIMIT });
      await reactor.fire('event', undefined, { limits: { during: LIMIT, deadline: LIMIT } });
      reactor.addSystemEventTrigger('during', 'event', pending.trigger);
      const firing = reactor.fire('event');
      await timePasses(reactor, 3 * LIMIT);
      kit.expect([reactor.isFiring('event'), contextOf(pending).signal.aborted]).toEqual([true, false]);
      pending.resolve();
      const { errors, escalated } = await firing;
      kit.expect([errors, escalated]).toEqual([[], false]);
    },
  );

  kit.it('C22', 'on a reactor that is not started a wakeup checks limits only', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    reactor.callSoon(() => journal.entries.push('call'));
    reactor.callLater(0, () => journal.entries.push('timed call'));
    reactor.addSystemEventTrigger('during', 'event', () => deferred().promise, { timeout: LIMIT });
    kit.expect((await reactor.fire('event')).errors.length).toBe(1);
    await settle();
    kit.expect([journal.entries, reactor.state]).toEqual([[], 'idle']);
  });

  kit.it(
    'C22',
    'expired limits are handled first in a turn, before any queued call',
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
      kit.expect(journal.entries).toEqual(['limit', 'call of the next turn']);
      await reactor.stop();
    },
    { needs: 'movingClock' },
  );

  kit.it(
    'C21',
    "a trigger's signal aborts at its own timeout, at the limit of its phase and at the deadline of the event",
    async () => {
      for (const limit of ['timeout', 'during', 'deadline'] as const) {
        const reactor = kit.create({ onError: () => undefined });
        const pending = new Journal().pends('pending');
        reactor.addSystemEventTrigger(
          'during',
          'event',
          pending.trigger,
          limit === 'timeout' ? { timeout: LIMIT } : {},
        );
        const firing = reactor.fire('event', undefined, limit === 'timeout' ? {} : { limits: { [limit]: LIMIT } });
        kit.expect(contextOf(pending).signal.aborted).toBe(false);
        await aborted(pending);
        await firing;
      }
    },
  );

  kit.it('C21', 'a signal first read after its trigger was left behind is already aborted', async () => {
    for (const limit of ['timeout', 'during', 'deadline'] as const) {
      const reactor = kit.create({ onError: () => undefined });
      const pending = new Journal().pends('pending');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, limit === 'timeout' ? { timeout: LIMIT } : {});
      await reactor.fire('event', undefined, limit === 'timeout' ? {} : { limits: { [limit]: LIMIT } });
      kit.expect(contextOf(pending).signal.aborted).toBe(true);
    }
  });

  kit.it('C21', 'after the deadline the triggers of later phases begin with a signal that is aborted', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const seen: boolean[] = [];
    const look = ({ signal }: TriggerContext): void => void seen.push(signal.aborted);
    reactor.on('event', { before: () => deferred().promise, during: look, after: look });
    await reactor.fire('event', undefined, { limits: { deadline: LIMIT } });
    kit.expect(seen).toEqual([true, true]);
  });

  kit.it('C26', 'a required before trigger that outlives its limit vetoes the event', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => deferred().promise, { timeout: LIMIT, required: true });
    reactor.on('event', { during: () => 1, after: () => 1 });
    const { vetoed, counts } = await reactor.fire('event');
    kit.expect([vetoed, counts]).toEqual([true, { before: 1, during: 0, after: 1 }]);
  });
}

/** Keeps the host busy until so much time has passed. */
function block(reactor: ReactorBase, ms: number): void {
  const until = reactor.now() + ms;
  while (reactor.now() < until);
}

/** Resolves after `ms`, when a limit of that length has expired. Works on a reactor in any state. */
async function timePasses(reactor: ReactorBase, ms: number): Promise<void> {
  const event = Symbol('time passes');
  reactor.once(event, () => deferred().promise);
  await reactor.fire(event, undefined, { limits: { during: ms } });
}

function contextOf({ contexts }: PendingTrigger): TriggerContext {
  const [context] = contexts;
  if (context === undefined) throw new Error('the trigger has not been called');
  return context;
}

/** Resolves when the signal of the trigger's call aborts. */
function aborted(trigger: PendingTrigger): Promise<void> {
  const { signal } = contextOf(trigger);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function timeoutsIn({ errors }: FiringReport): string[] {
  return errors.map((error) =>
    'trigger' in error && 'age' in error ? `${String(error.event)} ${error.phase} ${error.trigger}` : codeOf(error),
  );
}

function abandonedIn({ abandoned }: FiringReport): string[] {
  return abandoned.map(({ kind, event, phase, name }) => `${kind} ${String(event)} ${String(phase)} ${name}`);
}
