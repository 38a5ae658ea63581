import type { ReactorBase } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { runThrough, start } from '../running.ts';
import { codeThrownBy } from '../thrown.ts';
import { atLeast, delay, settle } from '../time.ts';
import { thenable } from '../trigger-results.ts';
import { heldWork } from './held-work.ts';

/** What `waitUntil` takes, and how long the stop waits for it: C57. */
export function holding(kit: Kit): void {
  const { expect } = kit;

  const moments: readonly {
    readonly when: string;
    readonly callAt: (reactor: ReactorBase, give: () => void) => void;
  }[] = [
    {
      when: 'before run()',
      callAt: (_, give) => {
        give();
      },
    },
    { when: 'while starting', callAt: (reactor, give) => void reactor.once('startup', give) },
    { when: 'while running', callAt: (reactor, give) => void reactor.callWhenRunning(give) },
    {
      when: 'as stopping begins',
      callAt: (reactor, give) => {
        reactor.signal.addEventListener('abort', give);
      },
    },
  ];
  for (const { when, callAt } of moments) {
    kit.it('C57', `before shutdown waits for work given to waitUntil() ${when}`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = deferred();
      for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'shutdown', journal.notes(phase));
      callAt(reactor, () => {
        reactor.waitUntil(pending.promise, { name: 'save' });
      });
      await start(reactor);
      const ended = reactor.stop();
      await delay(reactor, 1);
      await settle();
      expect(journal.entries).toEqual(['before']);
      expect(heldWork(reactor.pending())).toEqual(['save in before']);
      pending.resolve();
      expect((await ended).errors).toEqual([]);
      expect(journal.entries).toEqual([...PHASES]);
    });
  }

  for (const phase of PHASES) {
    kit.it(
      'C57',
      `${phase} shutdown waits for work that its triggers give to waitUntil(), and for work given while the phase waits`,
      async () => {
        const reactor = kit.create();
        const journal = new Journal();
        const [first, second] = [deferred(), deferred()];
        reactor.addSystemEventTrigger(phase, 'shutdown', () => {
          reactor.waitUntil(first.promise, { name: 'first' });
        });
        await start(reactor);
        const ended = reactor.stop();
        void ended.then(journal.notes('over'));
        await delay(reactor, 1);
        reactor.waitUntil(second.promise, { name: 'second' });
        expect(heldWork(reactor.pending())).toEqual([`first in ${phase}`, `second in ${phase}`]);
        first.resolve();
        await delay(reactor, 1);
        await settle();
        expect(heldWork(reactor.pending())).toEqual([`second in ${phase}`]);
        expect(journal.entries).toEqual([]);
        second.resolve();
        expect((await ended).errors).toEqual([]);
      },
    );
  }

  kit.it('C57', 'waitUntil() takes any thenable, and calls its then() once', async () => {
    const reactor = kit.create();
    let calls = 0;
    let fulfil: () => void = () => undefined;
    const foreign = thenable((done) => {
      calls++;
      fulfil = done;
    });
    await start(reactor);
    reactor.waitUntil(foreign);
    const ended = reactor.stop();
    await delay(reactor, 1);
    expect(heldWork(reactor.pending())).toEqual(['waitUntil in before']);
    fulfil();
    await ended;
    expect(calls).toBe(1);
  });

  kit.it(
    'C57',
    'waitUntil() throws a TypeError for a value that is not a thenable, and waits for nothing',
    async () => {
      const reactor = kit.create();
      const save = (): Promise<void> => deferred().promise;
      for (const wrong of [save, undefined, null, 5, {}, [deferred().promise]]) {
        // as: callers without types
        expect(() => {
          reactor.waitUntil(wrong as PromiseLike<unknown>);
        }).toThrow(TypeError);
      }
      expect((await runThrough(reactor, () => undefined)).shutdown?.counts.before).toBe(0);
    },
  );

  kit.it(
    'C57',
    'waitUntil() throws ReactorNotRunningError after the last phase of shutdown, and once stopped',
    async () => {
      const reactor = kit.create();
      const codes: string[] = [];
      const give = (): void => {
        codes.push(
          codeThrownBy(() => {
            reactor.waitUntil(Promise.resolve());
          }),
        );
      };
      await start(reactor);
      await reactor.stop().then(give);
      give();
      expect(codes).toEqual(['ERR_TRIPHASE_NOT_RUNNING', 'ERR_TRIPHASE_NOT_RUNNING']);
    },
  );

  kit.it('C57', 'work that has settled leaves no trigger and no pending item', async () => {
    const reactor = kit.create();
    await start(reactor);
    const pending = deferred();
    reactor.waitUntil(pending.promise);
    reactor.waitUntil(Promise.resolve());
    await settle();
    expect(reactor.pending().filter(({ kind }) => kind === 'work').length).toBe(1);
    pending.resolve();
    await settle();
    expect(reactor.pending()).toEqual([]);
    expect((await reactor.stop()).shutdown?.counts.before).toBe(0);
  });

  kit.it(
    'C57',
    'pending() lists work with its name and age, and the report of shutdown lists it as a trigger',
    async () => {
      const reactor = kit.create();
      const pending = deferred();
      await start(reactor);
      const given = reactor.now();
      reactor.waitUntil(pending.promise, { name: 'save' });
      await delay(reactor, 2);
      const [waiting] = reactor.pending();
      const { age = -1, ...rest } = waiting ?? {};
      expect(rest).toEqual({ kind: 'work', name: 'save' });
      expect(atLeast(age, 2) && age <= reactor.now() - given).toBe(true);
      const ended = reactor.stop();
      await delay(reactor, 1);
      const [held] = reactor.pending();
      expect([held?.kind, held?.name, held?.event, held?.phase]).toEqual(['work', 'save', 'shutdown', 'before']);
      pending.resolve();
      const { shutdown } = await ended;
      expect(shutdown?.phases?.before.triggers.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['save done']);
    },
  );

  kit.it('C57', 'after a crash the next run waits for work, also when the crash was in shutdown', async () => {
    const reactor = kit.create();
    const pending = deferred();
    const { ended } = await start(reactor);
    reactor.waitUntil(pending.promise, { name: 'save' });
    reactor.crash();
    await ended;
    expect(reactor.pending().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work save']);
    for (const _ of [1, 2]) {
      const again = await start(reactor);
      void reactor.stop();
      await delay(reactor, 1);
      expect(heldWork(reactor.pending())).toEqual(['save in before']);
      reactor.crash();
      await again.ended;
    }
    await start(reactor);
    const last = reactor.stop();
    pending.resolve();
    expect((await last).errors).toEqual([]);
  });
}
