import { debounce, every, hostClock, withTimeout } from '@triphase/core';
import { Journal } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, deferred, lasts, recordErrors, rejectionOf, runThrough, settle, startFully } from './steps.ts';
import { passed } from './time.ts';

const HOUR = 3_600_000;

/** What libraries and programs do with a clock: C69, and C68 for the time of the runs of `every`. */
export function helpers(kit: Kit): void {
  timeouts(kit);
  debounced(kit);
  clocks(kit);
  runs(kit);
}

function timeouts(kit: Kit): void {
  const { expect } = kit;

  kit.it('C69', 'withTimeout settles as its work does, and leaves no timer', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      expect(await withTimeout(reactor, HOUR, Promise.resolve(7))).toBe(7);
      expect(await rejectionOf(withTimeout(reactor, HOUR, () => Promise.reject(new Error('no'))))).toEqual(
        new Error('no'),
      );
      expect(reactor.getDelayedCalls()).toEqual([]);
    });
  });

  kit.it('C69', 'after ms it rejects with TimeoutError, the signal aborts, and the work is ignored', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      const work = deferred();
      const aborted: boolean[] = [];
      const begun = reactor.now();
      const error = await rejectionOf(
        withTimeout(reactor, 5, (signal) => {
          aborted.push(signal.aborted);
          signal.addEventListener('abort', () => aborted.push(signal.aborted));
          return work.promise;
        }),
      );
      expect([codeOf(error), aborted]).toEqual(['ERR_TRIPHASE_TIMEOUT', [false, true]]);
      expect(lasts(reactor.now() - begun, 5)).toBe(true);
      work.reject('too late');
      await settle();
    });
  });

  kit.it('C69', 'it rejects with the reason of its signal, and when the run ends', async () => {
    const reactor = kit.create();
    const work = (): Promise<void> => deferred().promise;
    await startFully(reactor);
    const controller = new AbortController();
    const given = rejectionOf(withTimeout(reactor, HOUR, work, { signal: controller.signal }));
    controller.abort('enough');
    expect(await given).toBe('enough');
    const cut = rejectionOf(withTimeout(reactor, HOUR, work));
    await reactor.stop();
    expect(codeOf(await cut)).toBe('ERR_TRIPHASE_STOPPED');
  });
}

function debounced(kit: Kit): void {
  const { expect } = kit;

  kit.it('C69', 'debounce calls its function once, ms after the last call, with the arguments of that', async () => {
    const reactor = kit.create();
    const calls: (readonly [string, number])[] = [];
    const made = deferred();
    const save = debounce(reactor, 5, (text: string) => {
      calls.push([text, reactor.now()]);
      made.resolve();
    });
    await runThrough(reactor, async () => {
      save('a');
      save('b');
      const last = reactor.now();
      save('c');
      await made.promise;
      await passed(reactor, 10);
      expect(calls.map(([text, at]) => [text, lasts(at - last, 5)])).toEqual([['c', true]]);
    });
  });

  kit.it('C69', 'flush() calls it now, cancel() drops it, a failure is reported', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const calls: string[] = [];
    const save = debounce(reactor, HOUR, (text: string) => {
      calls.push(text);
      if (text === 'bad') throw new Error('disk full');
    });
    await runThrough(reactor, async () => {
      save.flush();
      save('good');
      save.flush();
      save('dropped');
      save.cancel();
      save('bad');
      save.flush();
      await settle();
    });
    expect([calls, record.errors.map(String)]).toEqual([['good', 'bad'], ['Error: disk full']]);
  });

  kit.it('C69', 'a stop calls it at once and waits for its promise; a later call is made at once', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const saving = journal.pends('first');
    const save = debounce(reactor, HOUR, (text: string) => {
      if (text === 'first') return saving.trigger(undefined as never); // as: it reads nothing
      return journal.entries.push(text);
    });
    reactor.on('shutdown', {
      during: () => {
        journal.notes('during')();
        save('second');
      },
    });
    await startFully(reactor);
    save('first');
    const ended = reactor.stop();
    await saving.called;
    await passed(reactor, 1);
    await settle();
    expect(journal.entries).toEqual(['first']);
    saving.resolve();
    await ended;
    expect(journal.entries).toEqual(['first', 'during', 'second']);
  });
}

function clocks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C69', 'hostClock() is a clock with no reactor', async () => {
    const clock = hostClock();
    const order: string[] = [];
    const called = deferred();
    let begun = 0;
    clock.callLater(10, () => order.push('never')).cancel();
    clock.callSoon(() => {
      order.push('soon');
      begun = clock.now();
      clock.callLater(20, () => {
        order.push('later');
        called.resolve();
      });
    });
    expect(order).toEqual([]);
    await called.promise;
    expect([order, clock.signal.aborted]).toEqual([['soon', 'later'], false]);
    expect(clock.now() - begun >= 19).toBe(true);
    expect(await withTimeout(clock, 1_000, Promise.resolve(7))).toBe(7);
  });

  kit.it('C69', 'remaining() is what is left until the firing goes on without a trigger', async () => {
    const reactor = kit.create({ limits: { shutdown: { during: 2_000, deadline: 60_000 } } });
    const seen: number[] = [];
    const note = ({ remaining }: { readonly remaining: () => number }): void => void seen.push(remaining());
    await startFully(reactor);
    reactor.on('free', note);
    await reactor.fire('free');
    expect(seen).toEqual([Infinity]);
    reactor.addSystemEventTrigger('during', 'shutdown', note, { timeout: 500 });
    reactor.addSystemEventTrigger('during', 'shutdown', note);
    reactor.addSystemEventTrigger('after', 'shutdown', note);
    await reactor.stop();
    const [, own = 0, phase = 0, event = 0] = seen;
    expect([own, phase, event].map((ms) => ms > 0)).toEqual([true, true, true]);
    expect([own <= 500, phase <= 2_000, event <= 60_000]).toEqual([true, true, true]);
    expect([phase > 500, event > 2_000]).toEqual([true, true]);
  });

  kit.it('C69', 'remaining() is 0 once the signal has aborted', async () => {
    const reactor = kit.create();
    const left: number[] = [];
    const called = deferred();
    reactor.on('shutdown', ({ remaining, signal }) => {
      signal.addEventListener('abort', () => left.push(remaining()));
      left.push(remaining());
      called.resolve();
      return deferred().promise;
    });
    const { ended } = await startFully(reactor);
    void reactor.stop();
    await called.promise;
    reactor.escalate();
    await ended;
    expect(left.at(-1)).toBe(0);
    expect((left[0] ?? 0) > 0).toBe(true);
  });
}

function runs(kit: Kit): void {
  const { expect } = kit;

  kit.it('C68', 'jitter delays a run by a random part of the interval, and the grid stays', async () => {
    const reactor = kit.create({ host: { random: () => 0.5 } });
    const times: number[] = [];
    const enough = deferred();
    let begun = 0;
    await runThrough(reactor, async () => {
      begun = reactor.now();
      const loop = every(
        reactor,
        8,
        () => {
          if (times.push(reactor.now()) === 2) enough.resolve();
        },
        { jitter: 0.5 },
      );
      await enough.promise;
      loop.stop();
    });
    // Slots at 8 and 16 or later, each late by half of four milliseconds.
    expect(lasts((times[0] ?? 0) - begun, 10)).toBe(true);
    expect(lasts((times[1] ?? 0) - begun, 18)).toBe(true);
  });

  kit.it('C68', 'a run that now asks for is not delayed by jitter', async () => {
    let numbers = 0;
    const reactor = kit.create({ host: { random: () => numbers++ } });
    const called = deferred();
    await runThrough(reactor, async () => {
      const loop = every(reactor, HOUR, () => called.resolve(), { now: true, jitter: 1 });
      await called.promise;
      loop.stop();
    });
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  kit.it('C68', 'at its timeout a run has failed, its signal aborts, and the loop goes on', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const aborted: boolean[] = [];
    const again = deferred();
    let runsMade = 0;
    await runThrough(reactor, async () => {
      const loop = every(
        reactor,
        2,
        ({ signal }) => {
          if (++runsMade === 2) again.resolve();
          if (runsMade > 1) return undefined;
          signal.addEventListener('abort', () => aborted.push(signal.aborted));
          return deferred().promise;
        },
        { timeout: 5, name: 'save' },
      );
      await again.promise;
      loop.stop();
    });
    expect([record.errors.map(codeOf), aborted]).toEqual([['ERR_TRIPHASE_TIMEOUT'], [true]]);
  });
}
