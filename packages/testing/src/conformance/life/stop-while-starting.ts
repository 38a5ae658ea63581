import { Journal, areAborted } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { nextTurn } from '../running.ts';
import { settle } from '../time.ts';

/** A stop before the start is over: C29. */
export function stopWhileStarting(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C29',
    'stop() inside a startup trigger: the other triggers of the phase run, no later phase does, shutdown fires',
    async () => {
      for (const phase of PHASES) {
        const reactor = kit.create();
        const journal = new Journal();
        for (const each of PHASES) reactor.addSystemEventTrigger(each, 'startup', journal.notes(each));
        reactor.addSystemEventTrigger(phase, 'startup', () => void reactor.stop());
        reactor.addSystemEventTrigger(phase, 'startup', journal.notes(`${phase}, sibling`));
        reactor.callWhenRunning(journal.notes('callWhenRunning'));
        reactor.on('shutdown', journal.notes('shutdown'));
        const { reason, startup } = await reactor.run();
        const begun = PHASES.slice(0, PHASES.indexOf(phase) + 1);
        const last = phase === 'after' ? ['callWhenRunning'] : [];
        expect([...journal.entries].sort()).toEqual([...begun, `${phase}, sibling`, ...last, 'shutdown'].sort());
        expect(journal.entries.at(-1)).toBe('shutdown');
        expect([reason, startup.errors]).toEqual([{ kind: 'stop' }, []]);
      }
    },
  );

  kit.it(
    'C29',
    'stop() while startup is pending aborts the signals of its triggers, and shutdown waits for them',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = journal.pends('before startup');
      reactor.on('startup', { before: pending.trigger, during: journal.notes('never'), after: journal.notes('never') });
      reactor.on('shutdown', { before: journal.notes('shutdown') });
      const ended = reactor.run();
      await pending.called;
      expect(areAborted(pending)).toEqual([false]);
      void reactor.stop();
      expect(areAborted(pending)).toEqual([true]);
      await nextTurn(reactor);
      await settle();
      expect([journal.entries, reactor.state]).toEqual([['before startup'], 'stopping']);
      pending.resolve();
      const { startup } = await ended;
      expect(journal.entries).toEqual(['before startup', 'shutdown']);
      expect([startup.counts, startup.abandoned]).toEqual([{ before: 1, during: 0, after: 0 }, []]);
    },
  );

  kit.it('C29', 'the signal of a startup trigger that is first read after stop() is already aborted', async () => {
    const reactor = kit.create();
    const pending = new Journal().pends('before startup');
    reactor.on('startup', { before: pending.trigger });
    const ended = reactor.run();
    await pending.called;
    void reactor.stop();
    expect(areAborted(pending)).toEqual([true]);
    pending.resolve();
    await ended;
  });

  kit.it('C29', 'after stop() shutdown waits for pending startup triggers no longer than its deadline', async () => {
    const reactor = kit.create({ limits: { shutdown: { deadline: 20 } }, onError: () => undefined });
    const journal = new Journal();
    const pending = journal.pends('before startup');
    reactor.on('startup', { before: pending.trigger });
    reactor.on('shutdown', journal.notes('shutdown'));
    const ended = reactor.run();
    await pending.called;
    void reactor.stop();
    const { startup } = await ended;
    expect(journal.entries).toEqual(['before startup', 'shutdown']);
    expect(startup.abandoned.map(({ event, phase }) => [event, phase])).toEqual([['startup', 'before']]);
  });

  kit.it(
    'C29',
    'running is never true after a stop in before startup; after a later stop it is true until during shutdown',
    async () => {
      for (const phase of PHASES) {
        const reactor = kit.create();
        const seen: boolean[] = [];
        const look = (): void => void seen.push(reactor.running);
        reactor.addSystemEventTrigger(phase, 'startup', () => void reactor.stop());
        reactor.on('shutdown', { before: look, during: look, after: look });
        await reactor.run();
        expect(seen).toEqual([phase !== 'before', false, false]);
      }
    },
  );
}
