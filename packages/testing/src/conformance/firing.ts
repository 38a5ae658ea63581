import { formatReport, type FiringError, type FiringReport, type Phase, type TriggerContext } from '@triphase/core';
import { Journal, rejects, thenable, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeThrownBy, deferred, recordErrors, settle, start, thrownBy } from './steps.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];
const ANYTHING_THROWN = [new Error('failed'), 'failed', '', 0, NaN, null, undefined, { code: 7 }];

/** Firing an event: its phases and barriers, errors, reports, the event while it is fired, contexts. C9–C15, C20, C21, and C26's veto. */
export function firing(kit: Kit): void {
  kit.it(
    'C9',
    'all before triggers run, then all during, then all after, in order of registration inside a phase',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      for (const phase of ['after', 'during', 'before', 'during', 'before', 'after'] as const) {
        reactor.addSystemEventTrigger(phase, 'event', journal.notes(`${phase} ${journal.entries.length}`));
        reactor.addSystemEventTrigger(phase, 'event', journal.notes(`${phase} again`));
      }
      await reactor.fire('event');
      const order = (phase: Phase): string[] => [`${phase} 0`, `${phase} again`, `${phase} 0`, `${phase} again`];
      kit.expect(journal.entries).toEqual(PHASES.flatMap(order));
    },
  );

  kit.it('C9', 'one-shot triggers and those of every firing keep one order', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.once('event', journal.notes('1'));
    reactor.on('event', journal.notes('2'));
    reactor.once('event', journal.notes('3'));
    reactor.on('event', { during: journal.notes('4') });
    await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['1', '2', '3', '4']);
  });

  for (const [phase, next] of [
    ['before', 'during'],
    ['during', 'after'],
  ] as const) {
    kit.it('C10', `${next} begins only when every trigger of ${phase} has settled`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const [first, second] = [journal.pends('first'), journal.pends('second')];
      for (const { trigger } of [first, second]) reactor.addSystemEventTrigger(phase, 'event', trigger);
      reactor.addSystemEventTrigger(next, 'event', journal.notes(next));
      const firing = reactor.fire('event');
      second.resolve();
      await settle();
      kit.expect(journal.entries).toEqual(['first', 'second']);
      first.resolve();
      await firing;
      kit.expect(journal.entries).toEqual(['first', 'second', next]);
    });
  }

  kit.it('C10', 'a firing is over only when every trigger of after has settled', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('after');
    reactor.addSystemEventTrigger('after', 'event', pending.trigger);
    let over = false;
    const firing = reactor.fire('event').then(() => (over = true));
    await settle();
    kit.expect([over, reactor.isFiring('event')]).toEqual([false, true]);
    pending.resolve();
    await firing;
    kit.expect(reactor.isFiring('event')).toBe(false);
  });

  kit.it(
    'C10',
    'a trigger that rejects, or throws beside one that pends, does not open the barrier for the others',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const journal = new Journal();
      const pending = journal.pends('pending');
      for (const trigger of [rejects('rejected'), pending.trigger, throws('thrown')]) {
        reactor.addSystemEventTrigger('before', 'event', trigger);
      }
      reactor.addSystemEventTrigger('during', 'event', journal.notes('during'));
      const firing = reactor.fire('event');
      await settle();
      kit.expect(journal.entries).toEqual(['pending']);
      pending.resolve();
      await firing;
      kit.expect(journal.entries).toEqual(['pending', 'during']);
    },
  );

  kit.it('C11', 'inside a phase all triggers are started in order without waiting for each other', () => {
    const reactor = kit.create();
    const journal = new Journal();
    const triggers = [journal.pends('1').trigger, journal.notes('2'), journal.pends('3').trigger, journal.notes('4')];
    for (const trigger of triggers) reactor.addSystemEventTrigger('before', 'event', trigger);
    void reactor.fire('event');
    kit.expect(journal.entries).toEqual(['1', '2', '3', '4']);
  });

  kit.it('C11', 'the promises of a phase settle in any order', async () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = [1, 2, 3].map((entry) => journal.pends(`${entry}`));
      for (const { trigger } of pending) reactor.addSystemEventTrigger('during', 'event', trigger);
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const firing = reactor.fire('event');
      for (const index of order) {
        kit.expect(journal.entries).toEqual(['1', '2', '3']);
        pending[index]?.resolve();
        await settle();
      }
      await firing;
      kit.expect(journal.entries).toEqual(['1', '2', '3', 'after']);
    }
  });

  kit.it('C12', 'a firing in which no trigger returns a thenable completes inside the call, all three phases', () => {
    const reactor = kit.create();
    const journal = new Journal();
    for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'event', journal.notes(phase));
    void reactor.fire('event');
    kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
    kit.expect(reactor.isFiring('event')).toBe(false);
  });

  kit.it('C12', 'the firing of another event inside a trigger completes inside that call too', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('inner', { before: journal.notes('inner before'), after: journal.notes('inner after') });
    reactor.on('outer', {
      during: () => {
        void reactor.fire('inner');
        journal.entries.push('outer during');
      },
      after: journal.notes('outer after'),
    });
    void reactor.fire('outer');
    kit.expect(journal.entries).toEqual(['inner before', 'inner after', 'outer during', 'outer after']);
  });

  kit.it('C12', 'a firing turns asynchronous at the first phase that pends, not sooner', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', {
      before: journal.notes('before'),
      during: journal.pends('during').trigger,
      after: journal.notes('after'),
    });
    void reactor.fire('event');
    kit.expect(journal.entries).toEqual(['before', 'during']);
  });

  kit.it('C12', 'it goes on as soon as the last promise settles, up to the next phase that pends', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const [before, after] = [journal.pends('before'), journal.pends('after')];
    reactor.on('event', { before: before.trigger, during: journal.notes('during'), after: after.trigger });
    const firing = reactor.fire('event');
    before.resolve();
    await before.promise; // the firing listened to it first
    kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
    after.resolve();
    await firing;
  });

  kit.it('C12', "a thenable's then is read once and called at once, as its method", () => {
    const reactor = kit.create();
    const journal = new Journal();
    const foreign = {
      get then(): unknown {
        journal.entries.push('read');
        return function (this: unknown): void {
          journal.entries.push(this === foreign ? 'called' : 'called on something else');
        };
      },
    };
    reactor.addSystemEventTrigger('before', 'event', () => foreign);
    reactor.addSystemEventTrigger('before', 'event', journal.notes('sibling'));
    void reactor.fire('event');
    kit.expect(journal.entries).toEqual(['read', 'called', 'sibling']);
  });

  kit.it(
    'C12',
    'a second settlement of a thenable is ignored: it neither reports nor counts for a sibling',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('pending');
      let fulfil: () => void = throws('then was not called');
      let reject: (reason: unknown) => void = fulfil;
      const twice = thenable((onFulfilled, onRejected) => {
        [fulfil, reject] = [onFulfilled, onRejected];
      });
      reactor.on('event', { before: () => twice, after: journal.notes('after') });
      reactor.addSystemEventTrigger('before', 'event', pending.trigger);
      const firing = reactor.fire('event');
      fulfil();
      fulfil();
      reject('too late');
      await settle();
      kit.expect(journal.entries).toEqual(['pending']);
      pending.resolve();
      const report = await firing;
      kit.expect([journal.entries, report.errors]).toEqual([['pending', 'after'], []]);
      fulfil();
      reject('after the end');
    },
  );

  kit.it('C12', 'a thenable that settles while it is asked holds nothing up', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', {
      before: () =>
        thenable((fulfil) => {
          fulfil();
        }),
      after: journal.notes('after'),
    });
    void reactor.fire('event');
    kit.expect(journal.entries).toEqual(['after']);
  });

  kit.it(
    'C13',
    'any thenable is waited for: a promise, an async function, an object or a function with then',
    async () => {
      const wait = deferred();
      const then = wait.promise.then.bind(wait.promise);
      const kinds = [
        () => wait.promise,
        async () => {
          await wait.promise;
        },
        () => ({ then }),
        () => Object.assign(() => 1, { then }),
        () => Object.create({ then }) as unknown,
      ];
      for (const kind of kinds) {
        const reactor = kit.create();
        reactor.addSystemEventTrigger('before', 'event', kind);
        void reactor.fire('event');
        kit.expect(reactor.isFiring('event')).toBe(true);
      }
      wait.resolve();
      await wait.promise;
    },
  );

  kit.it('C13', 'what is no thenable is not waited for', () => {
    const values = [undefined, null, 0, 'then', true, Symbol('then'), {}, [], () => 1, { then: 'now' }, { then: {} }];
    for (const value of values) {
      const reactor = kit.create();
      reactor.addSystemEventTrigger('before', 'event', () => value);
      void reactor.fire('event');
      kit.expect(reactor.isFiring('event')).toBe(false);
    }
  });

  kit.it('C13', "a then that throws, as a getter or as it is called, is that trigger's error", async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('before', 'event', () => ({
      get then(): unknown {
        return throws('getter')();
      },
    }));
    reactor.addSystemEventTrigger('before', 'event', () => thenable(throws('call')));
    reactor.addSystemEventTrigger('after', 'event', () => 1);
    const firing = reactor.fire('event');
    kit.expect(errors).toEqual(['getter', 'call']);
    const report = await firing;
    kit.expect(report.errors.map(({ cause }) => cause)).toEqual(['getter', 'call']);
    kit.expect(report.counts).toEqual({ before: 2, during: 0, after: 1 });
  });

  kit.it('C13', 'a then that has settled and throws afterwards has settled', async () => {
    const reactor = kit.create();
    reactor.on('event', () =>
      thenable((fulfil) => {
        fulfil();
        throws('too late')();
      }),
    );
    kit.expect((await reactor.fire('event')).errors).toEqual([]);
  });

  for (const [how, fails] of [
    ['throws', throws],
    ['rejects', rejects],
  ] as const) {
    kit.it(
      'C14',
      `a trigger that ${how}, whatever it is, is reported once with event, phase and name; the others run`,
      async () => {
        for (const error of ANYTHING_THROWN) {
          for (const phase of PHASES) {
            const record = recordErrors();
            const reactor = kit.create({ onError: record.onError });
            reactor.addSystemEventTrigger(phase, 'event', () => 1);
            reactor.addSystemEventTrigger(phase, 'event', fails(error), { name: 'failing' });
            for (const each of PHASES) reactor.addSystemEventTrigger(each, 'event', () => 1);
            const report = await reactor.fire('event');
            kit.expect(report.counts).toEqual({ before: 1, during: 1, after: 1, [phase]: 3 });
            kit.expect(record.errors.length).toBe(1);
            kit.expect(Object.is(record.errors[0], error)).toBe(true);
            kit.expect(record.sources).toEqual([{ kind: 'trigger', name: 'failing', event: 'event', phase }]);
          }
        }
      },
    );
  }

  kit.it('C14', 'errors are reported in the order in which they happen', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    const [first, second] = [deferred(), deferred()];
    for (const trigger of [() => first.promise, throws('1'), () => second.promise, throws('2')])
      reactor.addSystemEventTrigger('before', 'event', trigger);
    reactor.addSystemEventTrigger('after', 'event', throws('5'));
    const firing = reactor.fire('event');
    second.reject('3');
    await settle();
    first.reject('4');
    const report = await firing;
    kit.expect(errors).toEqual(['1', '2', '3', '4', '5']);
    kit.expect(report.errors.map(({ cause }) => cause)).toEqual(['1', '2', '3', '4', '5']);
  });

  kit.it(
    'C14',
    'an onError that throws keeps neither siblings nor later phases from running, and is printed',
    async () => {
      const printed: string[] = [];
      const print = (message: string): void => void printed.push(message);
      const reactor = kit.create({
        onError: throws(new Error('broken onError')),
        logger: { info: print, warn: print, error: print },
      });
      for (const phase of PHASES) {
        reactor.addSystemEventTrigger(phase, 'event', throws('thrown'));
        reactor.addSystemEventTrigger(phase, 'event', rejects('rejected'));
      }
      const report = await reactor.fire('event');
      kit.expect([report.counts, report.errors.length]).toEqual([{ before: 2, during: 2, after: 2 }, 6]);
      kit.expect(printed.join('\n').includes('broken onError')).toBe(true);
    },
  );

  kit.it('C14', 'an onError may fire events, add triggers and remove them', async () => {
    const journal = new Journal();
    const reactor = kit.create({
      onError: () => {
        removed.remove();
        reactor.addSystemEventTrigger('during', 'event', journal.notes('added'));
        void reactor.fire('other');
      },
    });
    reactor.on('other', journal.notes('other'));
    reactor.addSystemEventTrigger('before', 'event', throws('failed'));
    const removed = reactor.addSystemEventTrigger('before', 'event', journal.notes('removed'));
    await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['other', 'added']);
  });

  kit.it('C15', 'a report tells what was called, and never rejects', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.on('event', { before: throws('failed'), during: rejects('failed'), after: () => 1 });
    const { event, duration, counts, abandoned, escalated, vetoed, phases } = await reactor.fire('event');
    kit.expect({ event, counts, abandoned, escalated, vetoed, phases }).toEqual({
      event: 'event',
      counts: { before: 1, during: 1, after: 1 },
      abandoned: [],
      escalated: false,
      vetoed: false,
      phases: undefined,
    });
    kit.expect(duration >= 0 && Number.isFinite(duration)).toBe(true);
  });

  kit.it('C15', 'a report counts the triggers that were called, phase by phase', async () => {
    const reactor = kit.create();
    const times = { before: 3, during: 2, after: 4 };
    for (const phase of PHASES) {
      for (let i = 0; i < times[phase]; i++) reactor.addSystemEventTrigger(phase, 'event', async () => settle());
      reactor.addSystemEventTrigger(phase, 'event', throws('never called')).remove();
    }
    kit.expect((await reactor.fire('event')).counts).toEqual(times);
  });

  kit.it('C15', 'the errors of a report name event, phase and trigger, and hold what was thrown', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const cause = new Error('disk full');
    reactor.addSystemEventTrigger('during', 'save', throws(cause), { name: 'journal' });
    const error = onlyError(await reactor.fire('save'));
    kit
      .expect([error.code, error.event, error.phase, error.trigger])
      .toEqual(['ERR_TRIPHASE_TRIGGER_FAILED', 'save', 'during', 'journal']);
    kit.expect(error.cause).toBe(cause);
    for (const word of ['save', 'during', 'journal', 'disk full']) kit.expect(error.message.includes(word)).toBe(true);
  });

  kit.it('C15', 'throwIfFailed throws one AggregateError of the errors of the report, or nothing', async () => {
    const reactor = kit.create({ onError: () => undefined });
    (await reactor.fire('event')).throwIfFailed();
    reactor.on('event', { before: throws('1'), after: rejects('2') });
    const report = await reactor.fire('event');
    const error = thrownBy(() => {
      report.throwIfFailed();
    });
    if (!(error instanceof AggregateError)) throw new Error('expected an AggregateError');
    kit.expect(error.errors.map((each: FiringError) => report.errors.indexOf(each))).toEqual([0, 1]);
  });

  kit.it('C15', 'with timings a report tells the name, duration and outcome of each trigger, by phase', async () => {
    const reactor = kit.create({ onError: () => undefined });
    let slept = 0;
    const sleeper = async (): Promise<void> => {
      const asleep = deferred();
      const begun = reactor.now();
      reactor.callLater(10, asleep.resolve);
      await asleep.promise;
      slept = reactor.now() - begun;
    };
    await start(reactor);
    reactor.addSystemEventTrigger('before', 'event', sleeper);
    reactor.addSystemEventTrigger('before', 'event', () => 1, { name: 'quick' });
    reactor.addSystemEventTrigger('after', 'event', throws('failed'), { name: 'thrower' });
    reactor.addSystemEventTrigger('after', 'event', rejects('failed'), { name: 'rejecter' });
    const report = await reactor.fire('event', undefined, { timings: true });
    const triggersOf = (phase: Phase): unknown =>
      report.phases?.[phase].triggers.map(({ name, outcome }) => `${name} ${outcome}`);
    kit
      .expect(PHASES.map(triggersOf))
      .toEqual([['sleeper done', 'quick done'], [], ['thrower failed', 'rejecter failed']]);
    const durations = PHASES.flatMap((phase) => report.phases?.[phase].triggers ?? []).map(({ duration }) => duration);
    kit.expect(durations.every((duration) => duration >= 0 && Number.isFinite(duration))).toBe(true);
    kit
      .expect(
        (durations[0] ?? 0) >= slept && (report.phases?.before.duration ?? 0) >= slept && report.duration >= slept,
      )
      .toBe(true);
  });

  kit.it(
    'C15',
    'timings are on for startup and shutdown alone, unless the reactor or the firing says otherwise',
    async () => {
      const timed = async (timings: boolean | undefined, firing?: boolean): Promise<readonly boolean[]> => {
        const reactor = kit.create(timings === undefined ? {} : { timings });
        await start(reactor);
        const report = await reactor.fire('event', undefined, firing === undefined ? {} : { timings: firing });
        const { startup, shutdown } = await reactor.stop();
        return [report, startup, shutdown].map((each) => each?.phases !== undefined);
      };
      kit.expect(await timed(undefined)).toEqual([false, true, true]);
      kit.expect(await timed(true)).toEqual([true, true, true]);
      kit.expect(await timed(false)).toEqual([false, false, false]);
      kit.expect(await timed(false, true)).toEqual([true, false, false]);
      kit.expect(await timed(true, false)).toEqual([false, true, true]);
    },
  );

  kit.it(
    'C15',
    'formatReport draws a timeline of at most 80 columns, without colour, that names what failed',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      const long = 'a-name-that-is-longer-than-any-line-should-be '.repeat(4).trim();
      reactor.addSystemEventTrigger('before', 'reload', () => 1, { name: long });
      reactor.addSystemEventTrigger('during', 'reload', rejects(new Error(`${long}\n${long}`)), {
        name: 'applyConfig',
      });
      for (const timings of [false, true]) {
        const text = formatReport(await reactor.fire('reload', undefined, { timings }));
        kit.expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
        kit.expect(text.includes('\u001b')).toBe(false);
        kit.expect(text.includes('reload')).toBe(true);
        reactor.addSystemEventTrigger('before', 'reload', () => 1, { name: long });
        reactor.addSystemEventTrigger('during', 'reload', rejects(new Error(`${long}\n${long}`)), {
          name: 'applyConfig',
        });
      }
      const text = formatReport(await reactor.fire('reload', undefined, { timings: true }));
      for (const word of ['before', 'during', 'applyConfig', 'failed']) kit.expect(text.includes(word)).toBe(true);
    },
  );

  kit.it('C15', 'a report as text is one line, however many errors it has and whatever they say', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.on('reload', {
      before: () => 1,
      during: rejects(new Error('disk full\n'.repeat(1_000))),
      after: throws('x'),
    });
    const text = String(await reactor.fire('reload'));
    kit.expect(text.replace(/\d+\.\d/, 'n')).toBe('reload: n ms, 3 triggers, 2 errors');
    kit.expect(String(await reactor.fire('a\nb')).replace(/\d+\.\d/, 'n')).toBe('a\\nb: n ms, 0 triggers');
  });

  kit.it('C15', 'names and messages forge no line of a report, and CJK names keep its columns', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const forged = '名前\n  error: forged\r\u001b[2J';
    reactor.on('reload', rejects(new Error(forged)), { name: forged });
    reactor.on('reload', () => undefined, { name: 'plain' });
    const lines = formatReport(await reactor.fire('reload', undefined, { timings: true })).split('\n');
    kit.expect(lines.filter((line) => line.startsWith('  error: ')).length).toBe(1);
    kit.expect(/[\r\u001b]/.test(lines.join())).toBe(false);
    const bars = lines.filter((line) => line.includes('|'));
    kit.expect(bars.map((line) => line.replace('名前', '....').indexOf('|'))).toEqual([41, 41]);
  });

  kit.it(
    'C20',
    'firing an event that is being fired throws, from outside and from inside its own triggers',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const fire = (): void => void codes.push(codeThrownBy(() => reactor.fire('event')));
      const pending = new Journal().pends('during');
      reactor.on('event', { before: fire, during: pending.trigger, after: fire });
      const firing = reactor.fire('event');
      fire();
      pending.resolve();
      const { counts } = await firing;
      kit
        .expect(codes)
        .toEqual([
          'ERR_TRIPHASE_EVENT_ALREADY_FIRING',
          'ERR_TRIPHASE_EVENT_ALREADY_FIRING',
          'ERR_TRIPHASE_EVENT_ALREADY_FIRING',
        ]);
      kit.expect(counts).toEqual({ before: 1, during: 1, after: 1 });
    },
  );

  kit.it('C20', 'firing an event from a trigger of an event that it fires itself throws, too', async () => {
    const reactor = kit.create();
    let code = '';
    reactor.on('outer', () => reactor.fire('inner'));
    reactor.on('inner', () => {
      code = codeThrownBy(() => reactor.fire('outer'));
    });
    await reactor.fire('outer');
    kit.expect(code).toBe('ERR_TRIPHASE_EVENT_ALREADY_FIRING');
  });

  kit.it(
    'C20',
    'with whenFiring: again any number of requests fire once more, from the start, when this firing is over',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.once('event', pending.trigger);
      reactor.on('event', { before: journal.notes('before'), after: journal.notes('after') });
      const first = reactor.fire('event');
      const again = [1, 2, 3].map(() => reactor.fire('event', undefined, { whenFiring: 'again' }));
      kit.expect(journal.entries).toEqual(['before', 'during']);
      pending.resolve();
      kit.expect((await first).counts).toEqual({ before: 1, during: 1, after: 1 });
      await Promise.all(again);
      kit.expect(journal.entries).toEqual(['before', 'during', 'after', 'before', 'after']);
      kit.expect(reactor.isFiring('event')).toBe(false);
    },
  );

  kit.it('C20', 'the requests for one more firing share its promise, and the newest detail wins', async () => {
    const reactor = kit.create();
    const details: unknown[] = [];
    const pending = new Journal().pends('during');
    reactor.once('event', pending.trigger);
    reactor.on('event', ({ detail }: { readonly detail: unknown }) => details.push(detail));
    const first = reactor.fire('event', 'first');
    const second = reactor.fire('event', 'second', { whenFiring: 'again' });
    const third = reactor.fire('event', 'third', { whenFiring: 'again' });
    kit.expect(second).toBe(third);
    kit.expect(second === first).toBe(false);
    pending.resolve();
    await third;
    kit.expect(details).toEqual(['first', 'third']);
  });

  kit.it('C20', 'of the requests for one more firing the newest options win', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('during');
    reactor.once('event', pending.trigger);
    reactor.on('event', () => 1);
    void reactor.fire('event');
    void reactor.fire('event', undefined, { whenFiring: 'again', timings: false });
    const last = reactor.fire('event', undefined, { whenFiring: 'again', timings: true });
    pending.resolve();
    kit.expect((await last).phases?.during.triggers.length).toBe(1);
  });

  kit.it('C20', 'a trigger may ask for one more firing of its own event, which is not nested in this one', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const again: Promise<FiringReport>[] = [];
    reactor.once('event', () => {
      again.push(reactor.fire('event', 'again', { whenFiring: 'again' }));
    });
    reactor.on('event', {
      after: ({ detail }: { readonly detail: unknown }) => journal.entries.push(`after ${String(detail)}`),
    });
    void reactor.fire('event', 'first');
    kit.expect(journal.entries).toEqual(['after first']);
    kit.expect(reactor.isFiring('event')).toBe(true);
    kit.expect(codeThrownBy(() => reactor.fire('event'))).toBe('ERR_TRIPHASE_EVENT_ALREADY_FIRING');
    await again[0];
    kit.expect(journal.entries).toEqual(['after first', 'after again']);
  });

  kit.it('C20', 'whenFiring: again fires at once when the event is not being fired', () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', journal.notes('during'));
    void reactor.fire('event', undefined, { whenFiring: 'again' });
    kit.expect([journal.entries, reactor.isFiring('event')]).toEqual([['during'], false]);
  });

  kit.it('C20', 'isFiring tells of one event whether it is being fired', async () => {
    const reactor = kit.create();
    const seen: boolean[] = [];
    const look = (): void => void seen.push(reactor.isFiring('event'), reactor.isFiring('other'));
    const pending = new Journal().pends('during');
    reactor.on('event', { before: look, during: pending.trigger, after: look });
    look();
    const firing = reactor.fire('event');
    look();
    pending.resolve();
    await firing;
    look();
    kit.expect(seen).toEqual([false, false, true, false, true, false, true, false, false, false]);
  });

  kit.it('C20', 'an event that pends holds up no other event', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('before');
    reactor.on('pending', pending.trigger);
    reactor.on('other', () => 1);
    const firing = reactor.fire('pending');
    kit.expect((await reactor.fire('other')).counts.during).toBe(1);
    kit.expect(reactor.isFiring('pending')).toBe(true);
    pending.resolve();
    await firing;
  });

  kit.it(
    'C20',
    'startup and shutdown are fired by the reactor alone; fire() throws for them and takes out no trigger',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      for (const event of ['startup', 'shutdown']) reactor.once(event, journal.notes(event));
      const attempt = (): void => {
        for (const event of ['startup', 'shutdown']) {
          for (const form of ['fire', 'fireSystemEvent'] as const) {
            kit.expect(codeThrownBy(() => reactor[form](event))).toBe('ERR_TRIPHASE_RESERVED_EVENT');
            kit
              .expect(codeThrownBy(() => reactor[form](event, undefined, { whenFiring: 'again' })))
              .toBe('ERR_TRIPHASE_RESERVED_EVENT');
          }
        }
      };
      attempt();
      kit.expect(journal.entries).toEqual([]);
      await start(reactor);
      attempt();
      await reactor.stop();
      kit.expect(journal.entries).toEqual(['startup', 'shutdown']);
    },
  );

  kit.it('C21', 'a trigger gets one argument: event, phase, name, detail, signal and terminal', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const detail = { path: '/' };
    const names = PHASES.map((phase) => {
      const trigger = (...args: readonly unknown[]): void => {
        const [context] = args as readonly [TriggerContext]; // as: one argument is what is being shown
        const { event, phase, name, detail, signal, terminal } = context;
        seen.push([args.length, event, phase, name, detail, signal.aborted, terminal]);
      };
      return reactor.addSystemEventTrigger(phase, 'event', trigger).name;
    });
    await reactor.fire('event', detail);
    kit.expect(seen).toEqual(PHASES.map((phase, i) => [1, 'event', phase, names[i], detail, false, false]));
  });

  kit.it('C21', 'the detail is passed on as it is', async () => {
    const reactor = kit.create();
    for (const detail of [undefined, null, 0, NaN, '', {}, [], new Error('detail'), Promise.resolve()]) {
      const seen: unknown[] = [];
      reactor.once('event', (context: TriggerContext) => seen.push(context.detail));
      await reactor.fire('event', detail);
      kit.expect([seen.length, Object.is(seen[0], detail)]).toEqual([1, true]);
    }
  });

  kit.it('C21', 'every call has a context and a signal of its own', async () => {
    const reactor = kit.create();
    const contexts: TriggerContext[] = [];
    const trigger = (context: TriggerContext): unknown => contexts.push(context);
    reactor.on('event', { before: trigger, during: trigger, after: trigger });
    reactor.on('event', trigger);
    for (let i = 0; i < 2; i++) await reactor.fire('event', i);
    kit.expect(contexts.length).toBe(8);
    kit.expect([new Set(contexts).size, new Set(contexts.map(({ signal }) => signal)).size]).toEqual([8, 8]);
    kit.expect(contexts.map(({ detail }) => detail)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  kit.it('C21', 'the signal of a context is one and the same each time it is read', async () => {
    const reactor = kit.create();
    let same = false;
    reactor.on('event', (context: TriggerContext) => {
      same = context.signal === context.signal;
    });
    await reactor.fire('event');
    kit.expect(same).toBe(true);
  });

  kit.it(
    'C26',
    'a required before trigger that fails vetoes the event: during is left out, after runs, the report says so',
    async () => {
      for (const fails of [throws, rejects]) {
        const reactor = kit.create({ onError: () => undefined });
        const journal = new Journal();
        reactor.addSystemEventTrigger('before', 'event', fails('no'), { required: true });
        reactor.on('event', {
          before: journal.notes('before'),
          during: journal.notes('during'),
          after: journal.notes('after'),
        });
        const report = await reactor.fire('event');
        kit
          .expect([report.vetoed, report.counts, report.errors.length])
          .toEqual([true, { before: 2, during: 0, after: 1 }, 1]);
        kit.expect(journal.entries).toEqual(['before', 'after']);
        kit.expect((await reactor.fire('event')).vetoed).toBe(false);
        kit.expect(journal.entries).toEqual(['before', 'after', 'before', 'during', 'after']);
      }
    },
  );

  kit.it('C26', 'only a required before trigger vetoes an event, and only by failing', async () => {
    const reactor = kit.create({ onError: () => undefined });
    reactor.addSystemEventTrigger('before', 'event', () => 1, { required: true });
    reactor.on('event', { before: throws('optional'), during: () => 1 });
    const report = await reactor.fire('event');
    kit.expect([report.vetoed, report.counts.during]).toEqual([false, 1]);
  });

  kit.it(
    'C26',
    'required outside of before is refused with a TypeError where it cannot veto, and nothing is registered',
    async () => {
      const reactor = kit.create();
      for (const phase of ['during', 'after'] as const) {
        kit.expect(() => reactor.addSystemEventTrigger(phase, 'event', () => 1, { required: true })).toThrow(TypeError);
        kit
          .expect(() => reactor.addSystemEventTrigger(phase, 'shutdown', () => 1, { required: true }))
          .toThrow(TypeError);
      }
      kit.expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 0, after: 0 });
    },
  );
}

/** The one error of a report that is a trigger's. */
function onlyError(report: FiringReport): Extract<FiringReport['errors'][number], { readonly trigger: string }> {
  const [error] = report.errors;
  if (report.errors.length !== 1 || error === undefined || !('trigger' in error)) {
    throw new Error(`expected one failed trigger, not ${report.errors.join(', ') || 'none'}`);
  }
  return error;
}
