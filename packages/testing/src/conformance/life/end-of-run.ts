import { sleep } from '@triphase/core';
import { abandonedIn } from '../abandoned.ts';
import { recordErrors } from '../error-record.ts';
import { ignore, mustNotRun } from '../functions.ts';
import { Journal, areAborted } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { delayElsewhere, settle } from '../time.ts';

/** What the end of a run does to calls and firings that are pending: C30. */
export function endOfRun(kit: Kit): void {
  const { expect } = kit;

  kit.it('C30', 'a sleep() that is pending at the end of the run rejects with ReactorStoppedError', async () => {
    const reactor = kit.create();
    await start(reactor);
    const rejected = rejectionOf(sleep(reactor, 60_000));
    await reactor.stop();
    expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STOPPED');
  });

  kit.it(
    'C30',
    'onDrop of a timed call that is pending at the end of the run is called once, and the call is not made',
    async () => {
      const reactor = kit.create();
      const dropped: string[] = [];
      await start(reactor);
      const onDrop = (error: unknown): void => void dropped.push(codeOf(error));
      reactor.callLater(60_000, mustNotRun, { onDrop });
      reactor.callLater(60_000, mustNotRun, { onDrop }).cancel();
      reactor.callLater(0, ignore, { onDrop });
      await sleep(reactor, 1);
      await reactor.stop();
      expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
    },
  );

  kit.it(
    'C30',
    'a firing of another event that is pending at the end of the run is abandoned and reported; its later phases do not run',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, { name: 'slow' });
      reactor.addSystemEventTrigger('during', 'event', journal.pends('also').trigger, { name: 'slower' });
      reactor.addSystemEventTrigger('after', 'event', mustNotRun);
      await start(reactor);
      const firing = reactor.fire('event');
      await reactor.stop();
      const { abandoned, counts } = await firing;
      expect(abandonedIn({ abandoned })).toEqual(['trigger event during slow', 'trigger event during slower']);
      expect(counts).toEqual({ before: 0, during: 2, after: 0 });
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_STOPPED', 'ERR_TRIPHASE_STOPPED']);
      expect(sources.map(({ name }) => name)).toEqual(['slow', 'slower']);
      expect(areAborted(pending)).toEqual([true]);
      pending.reject('too late');
    },
  );

  kit.it('C30', 'result.left counts the queued and timed calls that never ran', async () => {
    const reactor = kit.create();
    reactor.on('shutdown', {
      after: () => {
        for (let i = 0; i < 3; i++) reactor.callSoon(mustNotRun);
        for (let i = 0; i < 2; i++) reactor.callLater(60_000, mustNotRun);
        reactor.callLater(60_000, mustNotRun).cancel();
      },
    });
    await start(reactor);
    expect((await reactor.stop()).left).toEqual({ queued: 3, timed: 2 });
    await settle();
  });

  kit.it(
    'C30',
    'a stopped reactor accepts calls and never runs them; onDrop is called and sleep() rejects at once',
    async () => {
      const reactor = kit.create();
      await start(reactor);
      await reactor.stop();
      const dropped: string[] = [];
      reactor.callSoon(mustNotRun);
      reactor.callLater(0, mustNotRun, { onDrop: (error) => dropped.push(codeOf(error)) });
      expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
      expect(codeOf(await rejectionOf(sleep(reactor, 1)))).toBe('ERR_TRIPHASE_STOPPED');
      await delayElsewhere(kit, 10);
    },
  );

  kit.it('C30', 'no turn comes after the end of the run', async () => {
    const reactor = kit.create();
    // Made in the last phase: even if the machine stalls, it is not due before the end.
    reactor.once('shutdown', { after: () => void reactor.callLater(1, mustNotRun) });
    await start(reactor);
    await reactor.stop();
    const { turns } = reactor.stats();
    await delayElsewhere(kit, 10);
    expect(reactor.stats().turns).toBe(turns);
  });

  kit.it(
    'C30',
    'a firing requested with whenFiring: again has an empty report when the run ends before it',
    async () => {
      const reactor = kit.create({ onError: () => undefined });
      let calls = 0;
      reactor.on('job', () => {
        calls++;
        return new Promise(() => undefined);
      });
      await start(reactor);
      const first = reactor.fire('job');
      const second = reactor.fire('job', undefined, { whenFiring: 'again' });
      await reactor.stop();
      expect((await first).abandoned.length).toBe(1);
      expect((await second).counts).toEqual({ before: 0, during: 0, after: 0 });
      expect([calls, reactor.isFiring('job')]).toEqual([1, false]);
    },
  );
}
