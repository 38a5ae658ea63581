import { every } from '@triphase/core';
import type { Clock, Phase, ReactorBase, PendingItem } from '@triphase/core';
import { Journal, thenable } from './journal.ts';
import type { Kit } from './kit.ts';
import {
  codeOf,
  codeThrownBy,
  deferred,
  lasts,
  nextTurn,
  recordErrors,
  rejectionOf,
  runThrough,
  settle,
  start,
  type Deferred,
} from './steps.ts';
import { passed } from './time.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** Milliseconds: long enough to be told from no delay at all, short enough to wait for. */
const LIMIT = 20;

/** Work in flight, which a stop must not cut: C57, and C68 for the runs of `every`. */
export function work(kit: Kit): void {
  holding(kit);
  failing(kit);
  bounding(kit);
  runsOfLoops(kit);
}

function holding(kit: Kit): void {
  const { expect } = kit;

  for (const [when, give] of [
    ['before run()', (_: ReactorBase, give: () => void) => give()],
    ['while starting', (reactor: ReactorBase, give: () => void) => void reactor.once('startup', give)],
    ['while running', (reactor: ReactorBase, give: () => void) => void reactor.callWhenRunning(give)],
    ['as stopping begins', (reactor: ReactorBase, give: () => void) => reactor.signal.addEventListener('abort', give)],
  ] as const) {
    kit.it('C57', `work that is given ${when} holds before shutdown: nothing closes under it`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const pending = deferred();
      for (const phase of PHASES) reactor.addSystemEventTrigger(phase, 'shutdown', journal.notes(phase));
      give(reactor, () => {
        reactor.waitUntil(pending.promise, { name: 'save' });
      });
      await start(reactor);
      const ended = reactor.stop();
      await passed(reactor, 1);
      await settle();
      expect(journal.entries).toEqual(['before']);
      expect(heldIn(reactor.pending())).toEqual(['save in before']);
      pending.resolve();
      expect((await ended).errors).toEqual([]);
      expect(journal.entries).toEqual([...PHASES]);
    });
  }

  for (const phase of PHASES) {
    kit.it('C57', `work that is given in ${phase} shutdown holds ${phase}, also when it pends already`, async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const [first, second] = [deferred(), deferred()];
      reactor.addSystemEventTrigger(phase, 'shutdown', () => {
        reactor.waitUntil(first.promise, { name: 'first' });
      });
      await start(reactor);
      const ended = reactor.stop();
      void ended.then(journal.notes('over'));
      await passed(reactor, 1);
      reactor.waitUntil(second.promise, { name: 'second' });
      expect(heldIn(reactor.pending())).toEqual([`first in ${phase}`, `second in ${phase}`]);
      first.resolve();
      await passed(reactor, 1);
      await settle();
      expect(heldIn(reactor.pending())).toEqual([`second in ${phase}`]);
      expect(journal.entries).toEqual([]);
      second.resolve();
      expect((await ended).errors).toEqual([]);
    });
  }

  kit.it('C57', 'any thenable is work, and its then is called once', async () => {
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
    await passed(reactor, 1);
    expect(heldIn(reactor.pending())).toEqual(['waitUntil in before']);
    fulfil();
    await ended;
    expect(calls).toBe(1);
  });

  kit.it('C57', 'what is no thenable is a TypeError, and holds nothing', async () => {
    const reactor = kit.create();
    const save = (): Promise<void> => deferred().promise;
    for (const wrong of [save, undefined, null, 5, {}, [deferred().promise]]) {
      // as: that is what a program without types may pass
      expect(() => {
        reactor.waitUntil(wrong as PromiseLike<unknown>);
      }).toThrow(TypeError);
    }
    expect((await runThrough(reactor, () => undefined)).shutdown?.counts.before).toBe(0);
  });

  kit.it('C57', 'after the last phase, and on a reactor that has stopped, it is a ReactorNotRunningError', async () => {
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
  });

  kit.it('C57', 'work that is over leaves nothing behind: no trigger, nothing pending', async () => {
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

  kit.it('C57', 'pending() names it, with its age; the report of shutdown has it among the triggers', async () => {
    const reactor = kit.create();
    const pending = deferred();
    await start(reactor);
    const given = reactor.now();
    reactor.waitUntil(pending.promise, { name: 'save' });
    await passed(reactor, 2);
    const [waiting] = reactor.pending();
    const { age = -1, ...rest } = waiting ?? {};
    expect(rest).toEqual({ kind: 'work', name: 'save' });
    expect(lasts(age, 2) && age <= reactor.now() - given).toBe(true);
    const ended = reactor.stop();
    await passed(reactor, 1);
    const [held] = reactor.pending();
    expect([held?.kind, held?.name, held?.event, held?.phase]).toEqual(['work', 'save', 'shutdown', 'before']);
    pending.resolve();
    const { shutdown } = await ended;
    expect(shutdown?.phases?.before.triggers.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['save done']);
  });

  kit.it('C57', 'work survives a crash: the next run waits for it, also when the crash caught it holding', async () => {
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
      await passed(reactor, 1);
      expect(heldIn(reactor.pending())).toEqual(['save in before']);
      reactor.crash();
      await again.ended;
    }
    await start(reactor);
    const last = reactor.stop();
    pending.resolve();
    expect((await last).errors).toEqual([]);
  });
}

function failing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C57', 'work that rejects before the stop is reported once, and the stop has not failed', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('disk full');
    const result = await runThrough(reactor, async () => {
      reactor.waitUntil(Promise.reject(failure), { name: 'save' });
      await settle();
    });
    expect(record.sources).toEqual([{ kind: 'work', name: 'save' }]);
    expect(record.errors[0]).toBe(failure);
    expect([result.errors, result.shutdown?.counts.before]).toEqual([[], 0]);
  });

  for (const [when, reject] of [
    [
      'while it holds the stop',
      async (reactor: ReactorBase, { reject }: Deferred<void>, failure: Error) => {
        const ended = reactor.stop();
        await passed(reactor, 1);
        reject(failure);
        return ended;
      },
    ],
    [
      'when stopping has begun and shutdown has not been fired',
      async (reactor: ReactorBase, { reject }: Deferred<void>, failure: Error) => {
        const ended = reactor.stop();
        reject(failure);
        return ended;
      },
    ],
  ] as const) {
    kit.it('C57', `work that rejects ${when} is a failed trigger of shutdown, reported once`, async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const failure = new Error('disk full');
      const pending = deferred();
      await start(reactor);
      reactor.waitUntil(pending.promise, { name: 'save' });
      const { errors } = await reject(reactor, pending, failure);
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_FAILED']);
      const [error] = errors;
      expect([error?.message, error !== undefined && 'trigger' in error && error.trigger]).toEqual([
        'Work "save" (shutdown, before) failed: disk full',
        'save',
      ]);
      expect(record.sources).toEqual([{ kind: 'work', name: 'save', event: 'shutdown', phase: 'before' }]);
      expect(record.errors[0]).toBe(failure);
    });
  }

  kit.it('C57', 'work that rejects with the reason of the stop, or with it as its cause, has not failed', async () => {
    const reactor = kit.create();
    await start(reactor);
    const [plain, wrapped] = [deferred(), deferred()];
    reactor.waitUntil(plain.promise);
    reactor.waitUntil(wrapped.promise);
    reactor.signal.addEventListener('abort', () => {
      plain.reject(reactor.signal.reason);
    });
    const ended = reactor.stop();
    await passed(reactor, 1);
    wrapped.reject(new Error('aborted', { cause: reactor.signal.reason }));
    expect((await ended).errors).toEqual([]);
  });

  kit.it('C57', 'work that rejects with the reason of a crash has not failed', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    const { signal } = reactor;
    const pending = deferred();
    signal.addEventListener('abort', () => {
      pending.reject(signal.reason);
    });
    reactor.waitUntil(pending.promise);
    reactor.crash();
    await ended;
    await settle();
    expect(reactor.pending()).toEqual([]);
  });
}

function bounding(kit: Kit): void {
  const { expect } = kit;

  kit.it('C57', 'the limit of its phase bounds it: it is named, left behind, and the next phase runs', async () => {
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
  });

  kit.it(
    'C57',
    'work that is given late has no time of its own: the limit of the phase ends it with the rest',
    async () => {
      const journal = new Journal();
      const reactor = kit.create({
        limits: { shutdown: { before: 400 } }, // far enough from the other for a stall of the thread
        onError: (_, { name }) => {
          journal.entries.push(name);
          if (name === 'short') reactor.waitUntil(deferred().promise, { name: 'late' });
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
    },
  );

  kit.it('C57', 'escalate() leaves it behind: it is in abandoned, and is no error', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    reactor.waitUntil(deferred().promise, { name: 'save' });
    reactor.escalate();
    const { errors, shutdown } = await ended;
    expect(errors).toEqual([]);
    expect(shutdown?.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work save']);
  });
}

function runsOfLoops(kit: Kit): void {
  const { expect } = kit;

  kit.it('C68', 'a stop waits for the run of every that is under way, before anything closes', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const run = journal.pends('run');
    const save = async (): Promise<void> => {
      await run.trigger(undefined as never); // as: it is no trigger here, and reads nothing
      journal.notes('saved')();
    };
    reactor.use({ name: 'db', shutdown: { during: journal.notes('db closes') } });
    await start(reactor);
    every(reactor, 1_000, save, { now: true });
    await run.called;
    const ended = reactor.stop();
    await passed(reactor, 1);
    expect(heldIn(reactor.pending())).toEqual(['save in before']);
    run.resolve();
    expect((await ended).errors).toEqual([]);
    expect(journal.entries).toEqual(['run', 'saved', 'db closes']);
  });

  kit.it('C68', 'with { hold: false } nobody waits for it', async () => {
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

  kit.it('C68', 'a run that fails during the stop is a failed trigger, under its name, and reported once', async () => {
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
    await passed(reactor, 1);
    run.reject(new Error('disk full'));
    const { errors } = await ended;
    expect(errors.map(({ message }) => message)).toEqual(['Work "save" (shutdown, before) failed: disk full']);
    expect(record.sources.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work save']);
    await loop.whenDone();
  });

  kit.it(
    'C68',
    'a run that fails before the stop is reported once, under its name, and the next slot comes',
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
    "with { onError: 'stop' } the promise of whenDone() rejects with the error, and it is reported nowhere else",
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
      await passed(reactor, 1);
      run.reject(failure);
      expect(await rejected).toBe(failure);
      expect((await ended).errors).toEqual([]);
    },
  );

  kit.it('C68', 'a run that ends the reactor itself has nobody to wait for it, and is no error', async () => {
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
    'waitUntil is an optional part of a Clock: without one a loop reports its errors by itself',
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

/** What holds a phase, and which. */
function heldIn(waiting: readonly PendingItem[]): string[] {
  return waiting.filter(({ kind }) => kind === 'work').map(({ name, phase }) => `${name} in ${String(phase)}`);
}
