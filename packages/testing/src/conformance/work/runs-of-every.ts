import { type Clock, every } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { rejectionOf } from '../thrown.ts';
import { delay, settle } from '../time.ts';
import { heldWork } from './held-work.ts';

/** The runs of `every` as work: C68, and C55 for a clock without `waitUntil`. */
export function runsOfEvery(kit: Kit): void {
  const { expect } = kit;

  kit.it('C68', 'stop() waits for a pending run of every() before any service stops', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const run = journal.pends('run');
    const save = async (): Promise<void> => {
      await run.trigger(undefined as never); // as: the trigger does not read its context
      journal.notes('saved')();
    };
    reactor.use({ name: 'db', shutdown: { during: journal.notes('db closes') } });
    await start(reactor);
    every(reactor, 1_000, save, { now: true });
    await run.called;
    const ended = reactor.stop();
    await delay(reactor, 1);
    expect(heldWork(reactor.pending())).toEqual(['save in before']);
    run.resolve();
    expect((await ended).errors).toEqual([]);
    expect(journal.entries).toEqual(['run', 'saved', 'db closes']);
  });

  kit.it('C68', 'with { hold: false } stop() does not wait for a pending run of every()', async () => {
    const reactor = kit.create();
    await start(reactor);
    const began = deferred();
    const run = (): Promise<void> => {
      began.resolve();
      return deferred().promise;
    };
    every(reactor, 1_000, run, { now: true, hold: false });
    await began.promise;
    expect((await reactor.stop()).shutdown?.counts.before).toBe(0);
  });

  kit.it(
    'C68',
    'a run of every() that fails during the stop is reported once under its name, as a failed trigger',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      await start(reactor);
      const began = deferred();
      const run = deferred();
      const save = (): Promise<void> => {
        began.resolve();
        return run.promise;
      };
      const loop = every(reactor, 1_000, save, { now: true, name: 'save' });
      await began.promise;
      const ended = reactor.stop();
      await delay(reactor, 1);
      run.reject(new Error('disk full'));
      const { errors } = await ended;
      expect(errors.map(({ message }) => message)).toEqual(['Work "save" (shutdown, before) failed: disk full']);
      expect(record.sources.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work save']);
      await loop.whenDone();
    },
  );

  kit.it(
    'C68',
    'a run of every() that fails before the stop is reported once under its name, and the next run comes',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const again = deferred();
      let runs = 0;
      const save = (): Promise<void> | undefined => {
        if (++runs === 1) return Promise.reject(new Error('disk full'));
        again.resolve();
        return undefined;
      };
      const { errors } = await runThrough(reactor, async () => {
        every(reactor, 1, save, { name: 'save' });
        await again.promise;
      });
      expect(record.sources).toEqual([{ kind: 'work', name: 'save' }]);
      expect(errors).toEqual([]);
    },
  );

  kit.it(
    'C68',
    "with { onError: 'stop' } whenDone() of every() rejects with the error, which is not reported",
    async () => {
      const reactor = kit.create();
      await start(reactor);
      const began = deferred();
      const run = deferred();
      const failure = new Error('disk full');
      const save = (): Promise<void> => {
        began.resolve();
        return run.promise;
      };
      const rejected = rejectionOf(every(reactor, 1_000, save, { now: true, onError: 'stop' }).whenDone());
      await began.promise;
      const ended = reactor.stop();
      await delay(reactor, 1);
      run.reject(failure);
      expect(await rejected).toBe(failure);
      expect((await ended).errors).toEqual([]);
    },
  );

  kit.it('C68', 'a run of every() that calls escalate() is not waited for, and is no error', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    const run = async (): Promise<void> => {
      reactor.escalate();
      await Promise.resolve();
    };
    every(reactor, 1_000, run, { now: true });
    expect((await ended).errors).toEqual([]);
    await settle();
  });

  kit.it(
    'C55',
    'every() on a Clock without waitUntil() still reports the error of a run once, under its name',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const clock: Clock = {
        now: () => reactor.now(),
        callSoon: (fn) => {
          reactor.callSoon(fn);
        },
        callLater: (ms, fn, options) => reactor.callLater(ms, fn, options),
        signal: reactor.signal,
      };
      const failed = deferred();
      const save = (): Promise<never> => {
        failed.resolve();
        return Promise.reject(new Error('disk full'));
      };
      await runThrough(reactor, async () => {
        const loop = every(clock, 1_000, save, { now: true, name: 'save' });
        await failed.promise;
        await settle();
        await nextTurn(reactor);
        await nextTurn(reactor);
        loop.stop();
      });
      expect(record.sources).toEqual([{ kind: 'timed-call', name: 'save' }]);
    },
  );
}
