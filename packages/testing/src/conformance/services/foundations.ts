import { type Service, resource, restartService } from '@triphase/core';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { startFully } from '../running.ts';
import { notingService } from '../sample-services.ts';
import { settle } from '../time.ts';

/** Foundations: they start before all other services and stop after them. C67 */
export function foundations(kit: Kit): void {
  const { expect } = kit;

  const logging = (journal: Journal, more: Partial<Service> = {}): Service => ({
    name: 'logging',
    foundation: true,
    startup: { before: journal.notes('+logging') },
    shutdown: { after: journal.notes('-logging') },
    ...more,
  });

  kit.it('C67', 'a foundation starts before all other services and stops when they have settled', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const opening = journal.pends('+logging');
    const last = journal.pends('trigger');
    reactor.use({
      name: 'early',
      startup: { before: journal.notes('+early') },
      shutdown: { after: journal.notes('-early') },
    });
    reactor.use(logging(journal, { startup: { before: opening.trigger } }));
    reactor.addSystemEventTrigger('after', 'shutdown', last.trigger);
    const ended = reactor.run();
    await opening.called;
    await settle();
    expect(journal.entries).toEqual(['+logging']);
    opening.resolve();
    while (reactor.state === 'starting') await settle();
    void reactor.stop();
    await last.called;
    await settle();
    expect(journal.entries).toEqual(['+logging', '+early', '-early', 'trigger']);
    last.resolve();
    await ended;
    expect(journal.entries.at(-1)).toBe('-logging');
  });

  kit.it('C67', 'the needs of a foundation start before it and stop after it', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const config = reactor.use({
      name: 'config',
      startup: { before: journal.notes('+config') },
      shutdown: { after: journal.notes('-config') },
    });
    reactor.use(logging(journal, { needs: [config] }));
    reactor.use({
      name: 'web',
      startup: { before: journal.notes('+web') },
      shutdown: { after: journal.notes('-web') },
    });
    await startFully(reactor);
    await reactor.stop();
    expect(journal.entries).toEqual(['+config', '+logging', '+web', '-web', '-logging', '-config']);
  });

  kit.it('C67', 'a restart of a foundation does not restart the other services', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const foundation = reactor.use(logging(journal));
    reactor.use(notingService('web', journal));
    await startFully(reactor);
    await restartService(reactor, foundation);
    expect(journal.entries).toEqual(['+logging', '+web', '-logging', '+logging']);
    await reactor.stop();
  });

  kit.it(
    'C67',
    'a foundation with a function in another phase, or with a need that is no foundation, throws a TypeError',
    () => {
      const reactor = kit.create();
      const journal = new Journal();
      const db = reactor.use(notingService('db', journal));
      for (const wrong of [
        { startup: { during: journal.notes('no') } },
        { shutdown: { before: journal.notes('no') } },
        { needs: [db] },
      ]) {
        expect(() => reactor.use(logging(journal, wrong))).toThrow(TypeError);
      }
    },
  );

  kit.it('C67', 'a resource can be a foundation', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.use(notingService('web', journal));
    const open = (): string => {
      journal.notes('opens')();
      return 'open';
    };
    const log = reactor.use(resource('log', open, journal.notes('closes'), { foundation: true }));
    reactor.on('shutdown', { after: () => journal.entries.push(log.value) });
    await startFully(reactor);
    await reactor.stop();
    expect(journal.entries).toEqual(['opens', '+web', '-web', 'open', 'closes']);
  });
}
