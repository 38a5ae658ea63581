import { sleep } from '@triphase/core';
import { recordErrors } from '../error-record.ts';
import { throws } from '../failing.ts';
import { ignore } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { passedElsewhere, settle } from '../time.ts';

/** What the end of a run does to work that is not over: C30. */
export function endOfRun(kit: Kit): void {
  const { expect } = kit;

  kit.it('C30', 'a sleep that pends at the end of the run rejects with ReactorStoppedError', async () => {
    const reactor = kit.create();
    await start(reactor);
    const rejected = rejectionOf(sleep(reactor, 60_000));
    await reactor.stop();
    expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STOPPED');
  });

  kit.it('C30', 'what is dropped at the end of the run is told once, and not called', async () => {
    const reactor = kit.create();
    const dropped: string[] = [];
    await start(reactor);
    const onDrop = (error: unknown): void => void dropped.push(codeOf(error));
    reactor.callLater(60_000, throws('never called'), { onDrop });
    reactor.callLater(60_000, throws('never called'), { onDrop }).cancel();
    reactor.callLater(0, ignore, { onDrop });
    await sleep(reactor, 1);
    await reactor.stop();
    expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
  });

  kit.it(
    'C30',
    'a firing of another event that pends at the end is abandoned and reported; its later phases do not run',
    async () => {
      const { onError, errors, sources } = recordErrors();
      const reactor = kit.create({ onError });
      const journal = new Journal();
      const pending = journal.pends('during');
      reactor.addSystemEventTrigger('during', 'event', pending.trigger, { name: 'slow' });
      reactor.addSystemEventTrigger('during', 'event', journal.pends('also').trigger, { name: 'slower' });
      reactor.addSystemEventTrigger('after', 'event', throws('never called'));
      await start(reactor);
      const firing = reactor.fire('event');
      await reactor.stop();
      const { abandoned, counts } = await firing;
      expect(abandoned.map(({ event, phase, name }) => [event, phase, name])).toEqual([
        ['event', 'during', 'slow'],
        ['event', 'during', 'slower'],
      ]);
      expect(counts).toEqual({ before: 0, during: 2, after: 0 });
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_STOPPED', 'ERR_TRIPHASE_STOPPED']);
      expect(sources.map(({ name }) => name)).toEqual(['slow', 'slower']);
      expect(pending.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
      pending.reject('too late');
    },
  );

  kit.it('C30', 'left counts the queued and timed calls that never ran', async () => {
    const reactor = kit.create();
    reactor.on('shutdown', {
      after: () => {
        for (let i = 0; i < 3; i++) reactor.callSoon(throws('never called'));
        for (let i = 0; i < 2; i++) reactor.callLater(60_000, throws('never called'));
        reactor.callLater(60_000, throws('never called')).cancel();
      },
    });
    await start(reactor);
    expect((await reactor.stop()).left).toEqual({ queued: 3, timed: 2 });
    await settle();
  });

  kit.it(
    'C30',
    'calls given to a reactor that has stopped are accepted and never run; who waits for one is told at once',
    async () => {
      const reactor = kit.create();
      await start(reactor);
      await reactor.stop();
      const dropped: string[] = [];
      reactor.callSoon(throws('never called'));
      reactor.callLater(0, throws('never called'), { onDrop: (error) => dropped.push(codeOf(error)) });
      expect(dropped).toEqual(['ERR_TRIPHASE_STOPPED']);
      expect(codeOf(await rejectionOf(sleep(reactor, 1)))).toBe('ERR_TRIPHASE_STOPPED');
      await passedElsewhere(kit, 10);
    },
  );

  kit.it('C30', 'once the run is over no turn comes any more', async () => {
    const reactor = kit.create();
    // Made last of all, so that no stall of the machine makes it due before the end.
    reactor.once('shutdown', { after: () => void reactor.callLater(1, throws('never called')) });
    await start(reactor);
    await reactor.stop();
    const { turns } = reactor.stats();
    await passedElsewhere(kit, 10);
    expect(reactor.stats().turns).toBe(turns);
  });

  kit.it(
    'C30',
    'a firing that was asked for with whenFiring: again has an empty report when the run ends first',
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
