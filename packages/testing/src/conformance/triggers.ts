import type { Phase, Trigger, TriggerHandle } from '@triphase/core';
import { CountingSignal, disposeOf, Journal, throws } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeThrownBy, deferred, recordErrors, start } from './steps.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];
const NOTHING_CALLED = { before: 0, during: 0, after: 0 };

/** Registering and removing triggers: C6, C7, C16–C19, C23, C53. */
export function triggers(kit: Kit): void {
  kit.it('C6', 'a phase other than before, during and after is refused and nothing is registered', async () => {
    const reactor = kit.create();
    for (const phase of ['befor', 'Before', '', 'constructor', '__proto__', 0, NaN, null, undefined, {}, ['before']]) {
      const add = (): unknown => reactor.addSystemEventTrigger(phase as Phase, 'event', () => 1);
      kit.expect(codeThrownBy(add)).toBe('ERR_TRIPHASE_INVALID_PHASE');
    }
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C6', 'a trigger that is no function is refused with a TypeError and nothing is registered', async () => {
    const reactor = kit.create();
    for (const trigger of [undefined, null, 7, NaN, 'trigger', {}, [], Symbol('trigger'), Promise.resolve()]) {
      const add = (): unknown => reactor.addSystemEventTrigger('during', 'event', trigger as Trigger);
      kit.expect(add).toThrow(TypeError);
    }
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C6', 'aborting its signal removes a trigger, one that runs every time too', async () => {
    const reactor = kit.create();
    const controller = new CountingSignal();
    reactor.addSystemEventTrigger('during', 'event', throws('never called'), { signal: controller });
    reactor.addSystemEventTrigger('after', 'event', () => 1, { signal: controller, every: true });
    controller.abort();
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C6', 'a trigger whose signal is aborted already never runs', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    signal.abort();
    const handle = reactor.addSystemEventTrigger('during', 'event', throws('never called'), { signal });
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    kit.expect(handle.remove()).toBe(false);
    kit.expect(signal.listeners).toBe(0);
  });

  kit.it('C6', 'a trigger that has run or was removed leaves no listener on its signal', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    reactor.addSystemEventTrigger('before', 'event', () => 1, { signal });
    const every = reactor.addSystemEventTrigger('during', 'event', () => 1, { signal, every: true });
    const unused = reactor.addSystemEventTrigger('during', 'other', () => 1, { signal });
    kit.expect(signal.listeners).toBe(3);
    await reactor.fire('event');
    kit.expect(signal.listeners).toBe(2);
    every.remove();
    reactor.removeSystemEventTrigger(unused);
    kit.expect(signal.listeners).toBe(0);
  });

  kit.it('C7', 'an event type can be anything, and its triggers are told it as it is', async () => {
    class Reloaded {}
    const types = [
      'event',
      '',
      '__proto__',
      'constructor',
      0,
      NaN,
      Infinity,
      undefined,
      null,
      true,
      10n,
      Symbol('event'),
      {},
      [],
      Reloaded,
      () => 1,
    ];
    const reactor = kit.create();
    const seen: unknown[] = [];
    for (const type of types) reactor.on(type, ({ event }: { readonly event: unknown }) => seen.push(event));
    for (const type of types) await reactor.fire(type);
    kit.expect(seen.length).toBe(types.length);
    types.forEach((type, index) => kit.expect(Object.is(seen[index], type)).toBe(true));
  });

  kit.it('C7', 'event types are compared as the keys of a Map are', async () => {
    const reactor = kit.create();
    const key = {};
    for (const type of ['1', -0, NaN, key, Symbol.for('event')]) reactor.on(type, () => 1);
    const called = async (type: unknown): Promise<number> => (await reactor.fire(type)).counts.during;
    for (const same of ['1', 0, NaN, key, Symbol.for('event')]) kit.expect(await called(same)).toBe(1);
    for (const other of [1, '0', 'NaN', {}, '[object Object]', Symbol('event'), undefined])
      kit.expect(await called(other)).toBe(0);
  });

  kit.it('C7', 'firing a type that nobody registered for completes at once, empty', async () => {
    const reactor = kit.create();
    const promise = reactor.fire('nobody');
    kit.expect(reactor.isFiring('nobody')).toBe(false);
    const { event, counts, errors, abandoned, escalated, vetoed } = await promise;
    kit.expect({ event, counts, errors, abandoned, escalated, vetoed }).toEqual({
      event: 'nobody',
      counts: NOTHING_CALLED,
      errors: [],
      abandoned: [],
      escalated: false,
      vetoed: false,
    });
  });

  kit.it('C16', 'a trigger is one-shot: a second firing does not call it', async () => {
    const reactor = kit.create();
    for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'event', () => 1);
    kit.expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 1, after: 1 });
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C16', 'a trigger is taken out as it is called, also when it fails', async () => {
    const reactor = kit.create({ onError: () => undefined });
    let removal: unknown;
    const handle: TriggerHandle = reactor.addSystemEventTrigger('during', 'event', () => {
      removal = handle.remove();
      throw new Error('failed');
    });
    await reactor.fire('event');
    kit.expect(removal).toBe(false);
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C16', 'with every a trigger is called in each firing, in its place', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.addSystemEventTrigger('during', 'event', journal.notes('first'), { every: true });
    reactor.addSystemEventTrigger('during', 'event', journal.notes('once'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('last'), { every: true });
    for (let i = 0; i < 3; i++) await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['first', 'once', 'last', 'first', 'last', 'first', 'last']);
  });

  kit.it('C16', 'with every a trigger that throws stays for the next firing', async () => {
    const { onError, errors } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.addSystemEventTrigger('during', 'event', throws('again'), { every: true });
    await reactor.fire('event');
    await reactor.fire('event');
    kit.expect(errors).toEqual(['again', 'again']);
  });

  kit.it(
    'C16',
    'a trigger of every firing that is removed while its promise pends is not called in the next one; this firing still waits for it',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('during');
      const handle = reactor.addSystemEventTrigger('during', 'event', pending.trigger, { every: true });
      reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
      const first = reactor.fire('event');
      kit.expect(handle.remove()).toBe(true);
      await Promise.resolve();
      kit.expect(journal.entries).toEqual(['during']);
      pending.resolve();
      await first;
      kit.expect(journal.entries).toEqual(['during', 'after']);
      kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    },
  );

  kit.it('C17', 'a trigger added to the open phase or to a later one runs in this firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const add = (phase: Phase, entry: string): void =>
      void reactor.addSystemEventTrigger(phase, 'event', journal.notes(entry));
    reactor.addSystemEventTrigger('before', 'event', () => {
      add('after', 'after, added');
      add('before', 'before, added');
      add('during', 'during, added');
    });
    add('before', 'before');
    add('during', 'during');
    await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['before', 'before, added', 'during', 'during, added', 'after, added']);
  });

  kit.it('C17', 'a trigger added by a trigger that was added itself runs in this firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const add = (left: number): void => {
      reactor.addSystemEventTrigger('after', 'event', () => {
        journal.entries.push(`${left} left`);
        if (left > 0) add(left - 1);
      });
    };
    add(2);
    await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['2 left', '1 left', '0 left']);
  });

  for (const phase of ['before', 'during', 'after'] as const) {
    kit.it(
      'C17',
      `a trigger added to ${phase} once that phase is closed or past waits for the next firing`,
      async () => {
        const reactor = kit.create();
        const journal = new Journal();
        const pending = PHASES.map((each) => [each, journal.pends(each)] as const);
        for (const [each, { trigger }] of pending) reactor.addSystemEventTrigger(each, 'event', trigger);
        const first = reactor.fire('event');
        for (const [each, { resolve, promise }] of pending) {
          const passed = PHASES.indexOf(each) >= PHASES.indexOf(phase);
          if (passed) reactor.addSystemEventTrigger(phase, 'event', journal.notes(`${phase}, added in ${each}`));
          resolve();
          await promise;
        }
        await first;
        kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
        await reactor.fire('event');
        const added = PHASES.slice(PHASES.indexOf(phase)).map((each) => `${phase}, added in ${each}`);
        kit.expect(journal.entries.slice(3)).toEqual(added);
      },
    );
  }

  kit.it('C17', 'a trigger of a later phase added while the phase before it pends runs in this firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const pending = journal.pends('before');
    reactor.addSystemEventTrigger('before', 'event', pending.trigger);
    const firing = reactor.fire('event');
    reactor.addSystemEventTrigger('after', 'event', journal.notes('after'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('during'));
    pending.resolve();
    await firing;
    kit.expect(journal.entries).toEqual(['before', 'during', 'after']);
  });

  kit.it(
    'C17',
    'a trigger for a phase of startup or shutdown that is closed or past throws PhasePassedError',
    async () => {
      const reactor = kit.create();
      const codes: Record<string, string> = {};
      const add = (when: string, phase: Phase, event: 'startup' | 'shutdown'): void => {
        codes[`${phase} ${event} added ${when}`] = codeThrownBy(() =>
          reactor.addSystemEventTrigger(phase, event, throws('never called')),
        );
      };
      const waiting = deferred();
      reactor.addSystemEventTrigger('before', 'startup', async () => {
        await waiting.promise;
        add('when closed', 'before', 'startup');
      });
      reactor.addSystemEventTrigger('during', 'startup', () => {
        add('when past', 'before', 'startup');
      });
      reactor.addSystemEventTrigger('during', 'shutdown', () => {
        add('when past', 'before', 'shutdown');
      });
      reactor.addSystemEventTrigger('after', 'shutdown', async () => {
        await Promise.resolve();
        add('when closed', 'after', 'shutdown');
      });
      waiting.resolve();
      await start(reactor);
      for (const phase of PHASES) add('when running', phase, 'startup');
      await reactor.stop();
      for (const code of Object.values(codes)) kit.expect(code).toBe('ERR_TRIPHASE_PHASE_PASSED');
      kit.expect(Object.keys(codes).length).toBe(7);
    },
  );

  kit.it(
    'C17',
    'a trigger for a phase of startup that a stop keeps from beginning throws PhasePassedError',
    async () => {
      const reactor = kit.create();
      const pending = new Journal().pends('before');
      reactor.on('startup', { before: pending.trigger });
      const ended = reactor.run();
      await pending.called;
      void reactor.stop();
      for (const phase of PHASES) {
        const add = (): unknown => reactor.addSystemEventTrigger(phase, 'startup', throws('never called'));
        kit.expect(codeThrownBy(add)).toBe('ERR_TRIPHASE_PHASE_PASSED');
      }
      pending.resolve();
      await ended;
    },
  );

  kit.it('C17', 'a trigger added to the open phase of startup or shutdown, or to a later one, runs', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    for (const event of ['startup', 'shutdown'] as const) {
      reactor.addSystemEventTrigger('before', event, () => {
        for (const phase of PHASES) reactor.addSystemEventTrigger(phase, event, journal.notes(`${phase} ${event}`));
      });
    }
    await start(reactor);
    await reactor.stop();
    const all = ['startup', 'shutdown'].flatMap((event) => PHASES.map((phase) => `${phase} ${event}`));
    kit.expect(journal.entries).toEqual(all);
  });

  kit.it(
    'C18',
    'a phase to which its own triggers add 10 000 is cut and reported; the rest stays, the next phase goes on',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const add = (): void => void reactor.addSystemEventTrigger('during', 'event', add);
      add();
      reactor.addSystemEventTrigger('after', 'event', () => 1);
      const report = await reactor.fire('event');
      kit.expect(report.counts).toEqual({ before: 0, during: 10_000, after: 1 });
      kit.expect(report.errors.map(({ code }) => code)).toEqual(['ERR_TRIPHASE_TRIGGER_LOOP']);
      kit.expect(errors.length).toBe(1);
      kit.expect(errors[0]).toBe(report.errors[0]);
      kit.expect([sources[0]?.event, sources[0]?.phase]).toEqual(['event', 'during']);
      kit.expect((await reactor.fire('event')).counts.during).toBe(10_000);
    },
  );

  kit.it(
    'C18',
    'more than 10 000 triggers registered beforehand, and 9 999 added while the phase is open, are no loop',
    async () => {
      const reactor = kit.create();
      for (let i = 0; i < 10_100; i++) reactor.addSystemEventTrigger('before', 'event', () => 1);
      reactor.addSystemEventTrigger('during', 'event', () => {
        for (let i = 0; i < 9_999; i++) reactor.addSystemEventTrigger('during', 'event', () => 1);
      });
      const report = await reactor.fire('event');
      kit.expect([report.counts, report.errors]).toEqual([{ before: 10_100, during: 10_000, after: 0 }, []]);
    },
  );

  kit.it('C19', 'removing a pending trigger keeps it from running', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.addSystemEventTrigger('during', 'event', journal.notes('first'));
    const removed = reactor.addSystemEventTrigger('during', 'event', journal.notes('removed'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('last'));
    reactor.removeSystemEventTrigger(removed);
    await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['first', 'last']);
  });

  kit.it(
    'C19',
    'a trigger removed by its sibling in the same phase, or by one of an earlier phase, never runs',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      reactor.addSystemEventTrigger('before', 'event', () => {
        for (const handle of victims) reactor.removeSystemEventTrigger(handle);
        journal.entries.push('remover');
      });
      const victims = (['before', 'before', 'during', 'after'] as const).map((phase) =>
        reactor.addSystemEventTrigger(phase, 'event', journal.notes('removed')),
      );
      reactor.addSystemEventTrigger('before', 'event', journal.notes('last'));
      await reactor.fire('event');
      kit.expect(journal.entries).toEqual(['remover', 'last']);
    },
  );

  kit.it('C19', 'removing what was removed already, has run, or is not ours throws UnknownTriggerError', async () => {
    const reactor = kit.create();
    const remove = (handle: unknown): string =>
      codeThrownBy(() => {
        reactor.removeSystemEventTrigger(handle as TriggerHandle);
      });
    const removed = reactor.addSystemEventTrigger('during', 'event', throws('never called'));
    reactor.removeSystemEventTrigger(removed);
    kit.expect(remove(removed)).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
    const called = reactor.addSystemEventTrigger('during', 'event', () => 1);
    await reactor.fire('event');
    kit.expect(remove(called)).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
    for (const foreign of [{}, { remove: () => true }, () => 1, 'handle', 7, null, undefined]) {
      kit.expect(remove(foreign)).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
    }
  });

  kit.it('C19', 'the handle of another reactor is not ours, and its trigger stays there', async () => {
    const other = kit.create();
    const handle = other.addSystemEventTrigger('during', 'event', () => 1);
    const reactor = kit.create();
    reactor.addSystemEventTrigger('during', 'event', () => 1);
    kit
      .expect(
        codeThrownBy(() => {
          reactor.removeSystemEventTrigger(handle);
        }),
      )
      .toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
    for (const each of [other, reactor]) kit.expect((await each.fire('event')).counts.during).toBe(1);
  });

  kit.it('C19', 'a trigger that calls for its own removal in its own call has run already', async () => {
    const reactor = kit.create();
    let code = '';
    const handle: TriggerHandle = reactor.addSystemEventTrigger('during', 'event', () => {
      code = codeThrownBy(() => {
        reactor.removeSystemEventTrigger(handle);
      });
    });
    await reactor.fire('event');
    kit.expect(code).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
  });

  kit.it('C19', 'removal goes by identity: of three registrations of one function the others stay', async () => {
    for (const removed of ['first', 'second', 'third']) {
      const reactor = kit.create();
      const seen: string[] = [];
      const trigger: Trigger = ({ name }) => seen.push(name);
      const names = ['first', 'second', 'third'];
      const handles = names.map((name) => reactor.addSystemEventTrigger('during', 'event', trigger, { name }));
      for (const handle of handles) if (handle.name === removed) reactor.removeSystemEventTrigger(handle);
      await reactor.fire('event');
      kit.expect(seen).toEqual(names.filter((name) => name !== removed));
    }
  });

  kit.it('C19', 'handle.remove() and disposing never throw: false when there was nothing to remove', async () => {
    const reactor = kit.create();
    const removed = reactor.addSystemEventTrigger('during', 'event', throws('never called'));
    kit.expect([removed.remove(), removed.remove()]).toEqual([true, false]);
    const disposed = reactor.addSystemEventTrigger('during', 'event', throws('never called'));
    disposeOf(disposed);
    disposeOf(disposed);
    kit.expect(disposed.remove()).toBe(false);
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C19', 'of 2 000 triggers any may go, in any order, and the others keep theirs', async () => {
    const reactor = kit.create();
    const seen: number[] = [];
    const handles = Array.from({ length: 2_000 }, (_, i) =>
      reactor.addSystemEventTrigger('during', 'event', () => seen.push(i)),
    );
    const goes = (i: number): boolean => i % 7 !== 3;
    for (let i = 1_999; i >= 0; i -= 2) if (goes(i)) handles[i]?.remove();
    for (let i = 0; i < 2_000; i += 2) if (goes(i)) handles[i]?.remove();
    await reactor.fire('event');
    kit.expect(seen).toEqual(handles.map((_, i) => i).filter((i) => !goes(i)));
  });

  kit.it('C23', 'a trigger is named by its option, else by its function, else by event, phase and number', async () => {
    const reactor = kit.create();
    const add = (trigger: Trigger, name?: string): string =>
      reactor.addSystemEventTrigger('during', 'reload', trigger, name === undefined ? {} : { name }).name;
    const seen: string[] = [];
    function readConfig({ name }: { readonly name: string }): void {
      seen.push(name);
    }
    const names = [add(readConfig, 'config'), add(readConfig), ...[1, 2].map(() => add(({ name }) => seen.push(name)))];
    kit.expect(names.slice(0, 2)).toEqual(['config', 'readConfig']);
    for (const name of names.slice(2)) kit.expect(/^reload\.during#\d+$/.test(name)).toBe(true);
    kit.expect(new Set(names).size).toBe(4);
    await reactor.fire('reload');
    kit.expect(seen).toEqual(names);
  });

  kit.it('C23', 'a name says what the event type is called: a symbol by its text, a class by its name', () => {
    const reactor = kit.create();
    class Reload {}
    const nameFor = (type: unknown): string => reactor.on(type, () => 1).name.replace(/#\d+$/, '#n');
    const types = [Symbol('tick'), Reload, 7, undefined, {}];
    kit
      .expect(types.map(nameFor))
      .toEqual([
        'Symbol(tick).during#n',
        'Reload.during#n',
        '7.during#n',
        'undefined.during#n',
        '[object Object].during#n',
      ]);
  });

  kit.it('C23', 'in an object of phases a function that is only named after its phase counts as unnamed', async () => {
    const { onError, sources } = recordErrors();
    const reactor = kit.create({ onError });
    reactor.on('event', { before: () => throws('unnamed')(), during: throws('unnamed') });
    await reactor.fire('event');
    kit.expect(sources.map(({ name }) => name.replace(/#\d+$/, '#n'))).toEqual(['event.before#n', 'event.during#n']);
  });

  kit.it(
    'C23',
    'with debug the source of an error tells where its trigger was registered, without it does not',
    async () => {
      for (const debug of [true, false]) {
        const { onError, sources } = recordErrors();
        const reactor = kit.create({ onError, debug });
        reactor.on('event', throws('failed'));
        await reactor.fire('event');
        kit.expect(sources.map(({ registeredAt }) => typeof registeredAt)).toEqual([debug ? 'string' : 'undefined']);
      }
    },
  );

  kit.it('C53', 'on registers a bare function in during, for every firing', async () => {
    const reactor = kit.create();
    reactor.on('event', () => 1);
    for (let i = 0; i < 2; i++)
      kit.expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 1, after: 0 });
  });

  kit.it('C53', 'on registers the functions of an object in their phases, for every firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', {
      after: journal.notes('after'),
      before: journal.notes('before'),
      during: journal.notes('during'),
    });
    await reactor.fire('event');
    await reactor.fire('event');
    kit.expect(journal.entries).toEqual(['before', 'during', 'after', 'before', 'during', 'after']);
  });

  kit.it('C53', 'once registers a function or an object of them for one firing', async () => {
    const reactor = kit.create();
    reactor.once('event', () => 1);
    reactor.once('event', { before: () => 1, after: () => 1 });
    kit.expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 1, after: 1 });
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it(
    'C53',
    'a function of an object of phases is called without changing it, whatever else happens to the object',
    async () => {
      const reactor = kit.create();
      const phases: { during?: Trigger; after?: Trigger } = Object.freeze({ during: () => 1 });
      reactor.on('event', phases);
      kit.expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 1, after: 0 });
    },
  );

  kit.it(
    'C53',
    'what is neither a function nor an object of functions by phase is refused and nothing is registered',
    async () => {
      const reactor = kit.create();
      for (const form of ['on', 'once'] as const) {
        for (const trigger of [
          undefined,
          null,
          7,
          'trigger',
          { before: () => 1, during: 7 },
          { before: () => 1, after: null },
        ]) {
          kit.expect(() => reactor[form]('event', trigger as unknown as Trigger)).toThrow(TypeError);
        }
        const misspelt = { during: () => 1, befor: () => 1 } as unknown as Trigger;
        kit.expect(codeThrownBy(() => reactor[form]('event', misspelt))).toBe('ERR_TRIPHASE_INVALID_PHASE');
      }
      kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    },
  );

  kit.it('C53', 'when one phase of several is refused, none of them is registered', async () => {
    const reactor = kit.create();
    // Only a before trigger can veto (C26).
    const phases = { before: throws('never called'), during: throws('never called') };
    for (const form of ['on', 'once'] as const)
      kit.expect(() => reactor[form]('event', phases, { required: true })).toThrow(TypeError);
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it(
    'C53',
    'the one handle of several phases removes those that are left; with none left remove throws UnknownTriggerError',
    async () => {
      const reactor = kit.create();
      const on = reactor.on('event', { before: () => 1, during: () => 1, after: () => 1 });
      kit.expect([on.event, on.remove(), on.remove()]).toEqual(['event', true, false]);
      const once: TriggerHandle = reactor.once('event', {
        before: () => {
          reactor.removeSystemEventTrigger(once);
        },
        during: throws('never called'),
        after: throws('never called'),
      });
      kit.expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 0, after: 0 });
      kit
        .expect(
          codeThrownBy(() => {
            reactor.removeSystemEventTrigger(once);
          }),
        )
        .toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
      kit.expect(once.remove()).toBe(false);
    },
  );

  kit.it('C53', 'the short forms take the name, timeout and signal of a trigger', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const handle = reactor.on('event', throws('never called'), { name: 'reader', signal, timeout: 1_000 });
    kit.expect(handle.name).toBe('reader');
    signal.abort();
    kit.expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C53', 'fire and fireSystemEvent are the same', async () => {
    const reactor = kit.create();
    const details: unknown[] = [];
    reactor.on('event', ({ detail }: { readonly detail: unknown }) => details.push(detail));
    const reports = [
      await reactor.fire('event', 'short', { timings: true }),
      await reactor.fireSystemEvent('event', 'long', { timings: true }),
    ];
    kit.expect(details).toEqual(['short', 'long']);
    for (const { counts, phases } of reports)
      kit.expect([counts.during, phases?.during.triggers.length]).toEqual([1, 1]);
  });
}
