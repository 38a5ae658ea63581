import type { Trigger } from '@triphase/core';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { throws } from '../trigger-results.ts';

/** The names of triggers: C23. */
export function triggerNames(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C23',
    'the name of a trigger is its option name, else that of its function, else event, phase and number',
    async () => {
      const reactor = kit.create();
      const add = (trigger: Trigger, name?: string): string =>
        reactor.addSystemEventTrigger('during', 'reload', trigger, name === undefined ? {} : { name }).name;
      const seen: string[] = [];
      function readConfig({ name }: { readonly name: string }): void {
        seen.push(name);
      }
      const names = [
        add(readConfig, 'config'),
        add(readConfig),
        ...[1, 2].map(() => add(({ name }) => seen.push(name))),
      ];
      expect(names.slice(0, 2)).toEqual(['config', 'readConfig']);
      for (const name of names.slice(2)) expect(/^reload\.during#\d+$/.test(name)).toBe(true);
      expect(new Set(names).size).toBe(4);
      await reactor.fire('reload');
      expect(seen).toEqual(names);
    },
  );

  kit.it('C23', 'in the name of a trigger a symbol shows its description and a class its name', () => {
    const reactor = kit.create();
    class Reload {}
    const nameFor = (type: unknown): string => reactor.on(type, () => 1).name.replace(/#\d+$/, '#n');
    const types = [Symbol('tick'), Reload, 7, undefined, {}];
    expect(types.map(nameFor)).toEqual([
      'Symbol(tick).during#n',
      'Reload.during#n',
      '7.during#n',
      'undefined.during#n',
      '[object Object].during#n',
    ]);
  });

  kit.it(
    'C23',
    'in an object of phases, a function whose name is only that of its phase counts as unnamed',
    async () => {
      const { onError, sources } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.on('event', { before: () => throws('unnamed')(), during: throws('unnamed') });
      await reactor.fire('event');
      expect(sources.map(({ name }) => name.replace(/#\d+$/, '#n'))).toEqual(['event.before#n', 'event.during#n']);
    },
  );

  kit.it(
    'C23',
    'with debug: true, and only then, the source of an error says where its trigger was registered',
    async () => {
      for (const debug of [true, false]) {
        const { onError, sources } = recordErrors();
        const reactor = kit.create({ onError, debug });
        reactor.on('event', throws('failed'));
        await reactor.fire('event');
        expect(sources.map(({ registeredAt }) => typeof registeredAt)).toEqual([debug ? 'string' : 'undefined']);
      }
    },
  );
}
