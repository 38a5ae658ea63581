import type { Trigger, TriggerHandle } from '@triphase/core';
import { disposeOf } from '../dispose.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { NOTHING_CALLED } from '../phases.ts';
import { codeThrownBy } from '../thrown.ts';

/** Removing triggers: C19. */
export function removingTriggers(kit: Kit): void {
  const { expect } = kit;

  kit.it('C19', 'removing a pending trigger keeps it from running', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.addSystemEventTrigger('during', 'event', journal.notes('first'));
    const removed = reactor.addSystemEventTrigger('during', 'event', journal.notes('removed'));
    reactor.addSystemEventTrigger('during', 'event', journal.notes('last'));
    reactor.removeSystemEventTrigger(removed);
    await reactor.fire('event');
    expect(journal.entries).toEqual(['first', 'last']);
  });

  kit.it('C19', 'a trigger that is removed by another trigger of the same or an earlier phase never runs', async () => {
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
    expect(journal.entries).toEqual(['remover', 'last']);
  });

  kit.it(
    'C19',
    'removing a trigger twice, after it has run, or with an unknown handle throws UnknownTriggerError',
    async () => {
      const reactor = kit.create();
      const remove = (handle: unknown): string =>
        codeThrownBy(() => {
          reactor.removeSystemEventTrigger(handle as TriggerHandle);
        });
      const removed = reactor.addSystemEventTrigger('during', 'event', mustNotRun);
      reactor.removeSystemEventTrigger(removed);
      expect(remove(removed)).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
      const called = reactor.addSystemEventTrigger('during', 'event', () => 1);
      await reactor.fire('event');
      expect(remove(called)).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
      for (const foreign of [{}, { remove: () => true }, () => 1, 'handle', 7, null, undefined]) {
        expect(remove(foreign)).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
      }
    },
  );

  kit.it(
    'C19',
    'removing a trigger with a handle of another reactor throws UnknownTriggerError, and removes none',
    async () => {
      const other = kit.create();
      const handle = other.addSystemEventTrigger('during', 'event', () => 1);
      const reactor = kit.create();
      reactor.addSystemEventTrigger('during', 'event', () => 1);
      expect(
        codeThrownBy(() => {
          reactor.removeSystemEventTrigger(handle);
        }),
      ).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
      for (const each of [other, reactor]) expect((await each.fire('event')).counts.during).toBe(1);
    },
  );

  kit.it('C19', 'removing a trigger inside its own call throws UnknownTriggerError: it counts as run', async () => {
    const reactor = kit.create();
    let code = '';
    const handle: TriggerHandle = reactor.addSystemEventTrigger('during', 'event', () => {
      code = codeThrownBy(() => {
        reactor.removeSystemEventTrigger(handle);
      });
    });
    await reactor.fire('event');
    expect(code).toBe('ERR_TRIPHASE_UNKNOWN_TRIGGER');
  });

  kit.it('C19', 'removing one of three registrations of the same function leaves the other two', async () => {
    for (const removed of ['first', 'second', 'third']) {
      const reactor = kit.create();
      const seen: string[] = [];
      const trigger: Trigger = ({ name }) => seen.push(name);
      const names = ['first', 'second', 'third'];
      const handles = names.map((name) => reactor.addSystemEventTrigger('during', 'event', trigger, { name }));
      for (const handle of handles) if (handle.name === removed) reactor.removeSystemEventTrigger(handle);
      await reactor.fire('event');
      expect(seen).toEqual(names.filter((name) => name !== removed));
    }
  });

  kit.it(
    'C19',
    'handle.remove() and disposing never throw; remove() returns false when there was nothing to remove',
    async () => {
      const reactor = kit.create();
      const removed = reactor.addSystemEventTrigger('during', 'event', mustNotRun);
      expect([removed.remove(), removed.remove()]).toEqual([true, false]);
      const disposed = reactor.addSystemEventTrigger('during', 'event', mustNotRun);
      disposeOf(disposed);
      disposeOf(disposed);
      expect(disposed.remove()).toBe(false);
      expect((await reactor.fire('event')).counts).toEqual(NOTHING_CALLED);
    },
  );

  kit.it('C19', 'of 2 000 triggers any may be removed, in any order; the others keep their order', async () => {
    const reactor = kit.create();
    const seen: number[] = [];
    const handles = Array.from({ length: 2_000 }, (_, i) =>
      reactor.addSystemEventTrigger('during', 'event', () => seen.push(i)),
    );
    const goes = (i: number): boolean => i % 7 !== 3;
    for (let i = 1_999; i >= 0; i -= 2) if (goes(i)) handles[i]?.remove();
    for (let i = 0; i < 2_000; i += 2) if (goes(i)) handles[i]?.remove();
    await reactor.fire('event');
    expect(seen).toEqual(handles.map((_, i) => i).filter((i) => !goes(i)));
  });
}
