import type { Trigger, TriggerHandle } from '@triphase/core';
import { CountingSignal } from '../counting-signal.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { NOTHING_CALLED } from '../phases.ts';
import { codeThrownBy } from '../thrown.ts';

/** `on`, `once` and `fire`: C53. */
export function shortForms(kit: Kit): void {
  const { expect } = kit;

  kit.it('C53', 'on() registers a function in during, for every firing', async () => {
    const reactor = kit.create();
    reactor.on('event', () => 1);
    for (let i = 0; i < 2; i++)
      expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 1, after: 0 });
  });

  kit.it('C53', 'on() registers the functions of an object in their phases, for every firing', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('event', {
      after: journal.notes('after'),
      before: journal.notes('before'),
      during: journal.notes('during'),
    });
    await reactor.fire('event');
    await reactor.fire('event');
    expect(journal.entries).toEqual(['before', 'during', 'after', 'before', 'during', 'after']);
  });

  kit.it('C53', 'once() registers a function, or an object of functions, for one firing', async () => {
    const reactor = kit.create();
    reactor.once('event', () => 1);
    reactor.once('event', { before: () => 1, after: () => 1 });
    expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 1, after: 1 });
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C53', 'on() accepts a frozen object of phases', async () => {
    const reactor = kit.create();
    const phases: { during?: Trigger; after?: Trigger } = Object.freeze({ during: () => 1 });
    reactor.on('event', phases);
    expect((await reactor.fire('event')).counts).toEqual({ before: 0, during: 1, after: 0 });
  });

  kit.it(
    'C53',
    'anything but a function or an object of functions by phase throws, and nothing is registered',
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
          expect(() => reactor[form]('event', trigger as unknown as Trigger)).toThrow(TypeError);
        }
        const misspelt = { during: () => 1, befor: () => 1 } as unknown as Trigger;
        expect(codeThrownBy(() => reactor[form]('event', misspelt))).toBe('ERR_TRIPHASE_INVALID_PHASE');
      }
      expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    },
  );

  kit.it('C53', 'when one phase of an object throws, none of its functions is registered', async () => {
    const reactor = kit.create();
    // `required` throws for `during`, which cannot veto (C26).
    const phases = { before: mustNotRun, during: mustNotRun };
    for (const form of ['on', 'once'] as const)
      expect(() => reactor[form]('event', phases, { required: true })).toThrow(TypeError);
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it(
    'C53',
    'the handle of several phases removes all that are left; with none left removing throws UnknownTriggerError',
    async () => {
      const reactor = kit.create();
      const on = reactor.on('event', { before: () => 1, during: () => 1, after: () => 1 });
      expect([on.event, on.remove(), on.remove()]).toEqual(['event', true, false]);
      const once: TriggerHandle = reactor.once('event', {
        before: () => {
          reactor.removeSystemEventTrigger(once);
        },
        during: mustNotRun,
        after: mustNotRun,
      });
      expect((await reactor.fire('event')).counts).toEqual({ before: 1, during: 0, after: 0 });
      expect(
        codeThrownBy(() => {
          reactor.removeSystemEventTrigger(once);
        }),
      ).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
      expect(once.remove()).toBe(false);
    },
  );

  kit.it('C53', 'on() takes the options name, timeout and signal', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const handle = reactor.on('event', mustNotRun, { name: 'reader', signal, timeout: 1_000 });
    expect(handle.name).toBe('reader');
    signal.abort();
    expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
  });

  kit.it('C53', 'fire() and fireSystemEvent() do the same', async () => {
    const reactor = kit.create();
    const details: unknown[] = [];
    reactor.on('event', ({ detail }: { readonly detail: unknown }) => details.push(detail));
    const reports = [
      await reactor.fire('event', 'short', { timings: true }),
      await reactor.fireSystemEvent('event', 'long', { timings: true }),
    ];
    expect(details).toEqual(['short', 'long']);
    for (const { counts, phases } of reports) expect([counts.during, phases?.during.triggers.length]).toEqual([1, 1]);
  });
}
