import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { codeOf } from '../thrown.ts';
import { LIMIT, settle } from '../time.ts';

/** Work that does not end: C57. */
export function limits(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C57',
    'work that exceeds the limit of its phase is reported and abandoned, and the next phase runs',
    async () => {
      const record = recordErrors();
      const reactor = kit.create({ ...record, limits: { shutdown: { before: LIMIT } } });
      const journal = new Journal();
      reactor.on('shutdown', { during: journal.notes('during') });
      await start(reactor);
      const pending = deferred();
      reactor.waitUntil(pending.promise, { name: 'save' });
      const ended = reactor.stop();
      void ended.then(() => {
        pending.reject(new Error('too late for anybody to hear'));
      });
      const { errors, shutdown } = await ended;
      await settle();
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
      expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
      expect(shutdown?.abandoned.map(({ kind, name, phase }) => `${kind} ${name} ${String(phase)}`)).toEqual([
        'work save before',
      ]);
      expect(journal.entries).toEqual(['during']);
    },
  );

  kit.it('C57', 'work given late in a phase is abandoned at the limit of the phase', async () => {
    const journal = new Journal();
    const reactor = kit.create({
      limits: { shutdown: { before: 400 } }, // far above the timeout of 40 ms: the machine may stall
      onError: (_, { name }) => {
        journal.entries.push(name);
        if (name === 'short') reactor.waitUntil(deferred().promise, { name: 'late' });
        // Added in a microtask, so it comes after the entries of all work that is abandoned when the limit expires.
        if (name === 'early') void Promise.resolve().then(journal.notes('the limit has passed'));
      },
    });
    const hang = (): Promise<void> => deferred().promise;
    reactor.addSystemEventTrigger('before', 'shutdown', hang, { name: 'short', timeout: 40 });
    await start(reactor);
    reactor.waitUntil(hang(), { name: 'early' });
    const { shutdown } = await reactor.stop();
    expect(journal.entries).toEqual(['short', 'early', 'late', 'the limit has passed']);
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['short', 'early', 'late']);
  });

  kit.it('C57', 'escalate() abandons work: the report lists it, and it is no error', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    reactor.waitUntil(deferred().promise, { name: 'save' });
    reactor.escalate();
    const { errors, shutdown } = await ended;
    expect(errors).toEqual([]);
    expect(shutdown?.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work save']);
  });
}
