import { abandonedIn } from '../abandoned.ts';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { ignore } from '../functions.ts';
import { Journal, areAborted } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { settle } from '../time.ts';
import { throws } from '../trigger-results.ts';

/** `escalate`: C32. */
export function escalate(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C32',
    'escalate() on a running reactor runs all phases of shutdown inside the call, without waiting',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = PHASES.map((phase) => journal.pends(phase));
      reactor.on('shutdown', {
        before: pending[0]?.trigger ?? ignore,
        during: pending[1]?.trigger ?? ignore,
        after: pending[2]?.trigger ?? ignore,
      });
      const { ended } = await start(reactor);
      await settle();
      const reason = { kind: 'signal', signal: 'SIGINT' };
      reactor.escalate(reason);
      expect(journal.entries).toEqual(['before', 'during', 'after']);
      const result = await ended;
      expect(result.reason).toEqual(reason);
      expect([result.shutdown?.escalated, result.errors]).toEqual([true, []]);
      expect(result.shutdown?.abandoned.map(({ phase }) => phase)).toEqual(['before', 'during', 'after']);
      expect(pending.flatMap(areAborted)).toEqual([true, true, true]);
    },
  );

  for (const phase of PHASES) {
    kit.it(
      'C32',
      `escalate() while ${phase} shutdown is pending aborts its signals and runs the later phases, inside the call`,
      async () => {
        const { onError, errors } = recordErrors();
        const reactor = kit.create({ onError });
        const journal = new Journal();
        const [slow, slower] = [journal.pends(phase), journal.pends(phase)];
        for (const { trigger } of [slow, slower]) reactor.addSystemEventTrigger(phase, 'shutdown', trigger);
        const later = PHASES.slice(PHASES.indexOf(phase) + 1);
        for (const each of later) reactor.addSystemEventTrigger(each, 'shutdown', journal.notes(each));
        await start(reactor);
        const ended = reactor.stop({ kind: 'stop' });
        await slower.called;
        await settle();
        expect([slow, slower].flatMap(areAborted)).toEqual([false, false]);
        reactor.escalate({ kind: 'impatient' });
        expect(journal.entries).toEqual([phase, phase, ...later]);
        const { reason, shutdown } = await ended;
        expect([slow, slower].flatMap(areAborted)).toEqual([true, true]);
        expect([shutdown?.escalated, shutdown?.abandoned.length, reason.kind]).toEqual([true, 2, 'stop']);
        slow.reject('too late');
        await settle();
        expect(errors).toEqual([]);
      },
    );
  }

  kit.it(
    'C32',
    'a trigger that escalate() abandons is listed in the report and is no error; one that throws is still reported',
    async () => {
      const { onError, errors } = recordErrors();
      const reactor = kit.create({ onError });
      reactor.addSystemEventTrigger('before', 'shutdown', () => deferred().promise, { name: 'slow' });
      reactor.addSystemEventTrigger('during', 'shutdown', throws('failed'));
      const { ended } = await start(reactor);
      reactor.escalate({ kind: 'impatient' });
      const { shutdown, errors: failures } = await ended;
      expect(shutdown && abandonedIn(shutdown)).toEqual(['trigger shutdown before slow']);
      expect([errors, failures.length]).toEqual([['failed'], 1]);
    },
  );

  kit.it(
    'C32',
    'escalate() while startup is pending abandons it, runs no later phase of it, and fires shutdown inside the call',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('before startup');
      reactor.on('startup', {
        before: pending.trigger,
        during: journal.notes('during startup'),
        after: journal.notes('after startup'),
      });
      reactor.on('shutdown', { before: journal.notes('before shutdown'), after: journal.notes('after shutdown') });
      const ended = reactor.run();
      await pending.called;
      reactor.escalate({ kind: 'impatient' });
      expect(journal.entries).toEqual(['before startup', 'before shutdown', 'after shutdown']);
      const { startup, reason } = await ended;
      expect([startup.escalated, startup.abandoned.length, reason.kind]).toEqual([true, 1, 'impatient']);
      expect(areAborted(pending)).toEqual([true]);
    },
  );

  kit.it('C32', 'escalate() after stop() ends the wait for a pending startup', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const pending = journal.pends('before startup');
    reactor.on('startup', { before: pending.trigger });
    reactor.on('shutdown', journal.notes('shutdown'));
    const ended = reactor.run();
    await pending.called;
    void reactor.stop({ kind: 'first' });
    reactor.escalate({ kind: 'second' });
    expect(journal.entries).toEqual(['before startup', 'shutdown']);
    expect((await ended).reason).toEqual({ kind: 'first' });
  });

  kit.it('C32', 'after escalate() in the synchronous part of a shutdown trigger no phase waits', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    reactor.on('shutdown', {
      before: () => {
        reactor.escalate({ kind: 'impatient' });
        return journal.pends('before').promise;
      },
      during: journal.pends('during').trigger,
      after: journal.notes('after'),
    });
    await start(reactor);
    const { shutdown } = await reactor.stop();
    expect(journal.entries).toEqual(['during', 'after']);
    expect(shutdown?.abandoned.map(({ phase }) => phase)).toEqual(['before', 'during']);
  });

  kit.it('C32', 'escalate() aborts the signals of pending and later triggers with its reason', async () => {
    const reactor = kit.create();
    const pending = PHASES.map((phase) => new Journal().pends(phase));
    PHASES.forEach((phase, index) => {
      reactor.addSystemEventTrigger(phase, 'shutdown', pending[index]?.trigger ?? ignore);
    });
    const seen: boolean[] = [];
    reactor.addSystemEventTrigger('during', 'shutdown', ({ signal }) => seen.push(signal.aborted));
    await start(reactor);
    const ended = reactor.stop();
    await pending[0]?.called;
    const reason = { kind: 'impatient' };
    reactor.escalate(reason);
    await ended;
    expect(seen).toEqual([true]);
    const reasons = pending.flatMap(({ contexts }) => contexts.map(({ signal }) => signal.reason === reason));
    expect(reasons).toEqual([true, true, true]);
  });
}
