import { type LoopingCall, every } from '@triphase/core';
import { CountingSignal } from '../counting-signal.ts';
import { deferred } from '../deferred.ts';
import { disposeOf } from '../dispose.ts';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { runThrough, start } from '../running.ts';
import { codeThrownBy, rejectionOf } from '../thrown.ts';
import { HOUR, delay, settle } from '../time.ts';
import { ticksOf } from './ticks-of.ts';

/** How a loop of `every` ends. C44, C30. */
export function endsOfLoops(kit: Kit): void {
  const { expect } = kit;

  kit.it('C44', 'a run of every() that throws or rejects is reported, and the next run comes', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('no');
    await runThrough(reactor, () =>
      ticksOf(reactor, 1, 3, {
        run: (index) => {
          if (index === 0) throw failure;
          return index === 1 ? Promise.reject(failure) : undefined;
        },
      }),
    );
    expect(record.errors.length).toBe(2);
    expect(record.errors.every((error) => error === failure)).toBe(true);
  });

  kit.it('C44', "with { onError: 'stop' } a failing run of every() ends the loop, and whenDone() rejects", async () => {
    const reactor = kit.create();
    const failure = new Error('no');
    let runs = 0;
    await runThrough(reactor, async () => {
      const fail = (): never => {
        runs++;
        throw failure;
      };
      const loop = every(reactor, 1, fail, { onError: 'stop' });
      expect(await rejectionOf(loop.whenDone())).toBe(failure);
      expect(loop.active).toBe(false);
      await delay(reactor, 4);
    });
    expect(runs).toBe(1);
  });

  kit.it('C44', 'stop() ends a loop; whenDone() waits for a pending run', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    await runThrough(reactor, async () => {
      const run = deferred();
      const began = deferred();
      const loop = every(reactor, 1, () => {
        order.push('run');
        began.resolve();
        return run.promise;
      });
      await began.promise;
      loop.stop();
      expect(loop.active).toBe(false);
      const done = loop.whenDone().then(() => order.push('done'));
      await settle();
      order.push('settling');
      run.resolve();
      await done;
      await delay(reactor, 4);
    });
    expect(order).toEqual(['run', 'settling', 'done']);
  });

  kit.it(
    'C44',
    'stop() and reset() of a loop that has ended throw LoopingCallStateError; disposing never throws',
    () => {
      const reactor = kit.create();
      const loop: LoopingCall = every(reactor, HOUR, () => undefined);
      expect(loop.active).toBe(true);
      loop.stop();
      const codes = [
        codeThrownBy(() => {
          loop.stop();
        }),
        codeThrownBy(() => {
          loop.reset();
        }),
      ];
      expect(codes).toEqual(range(2).map(() => 'ERR_TRIPHASE_LOOPING_CALL_STATE'));
      disposeOf(loop);
      expect(reactor.getDelayedCalls().length).toBe(0);
    },
  );

  kit.it('C44', 'a run of every() may stop its loop', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      expect((await ticksOf(reactor, 1, 1)).length).toBe(1);
      await delay(reactor, 3);
      expect(reactor.getDelayedCalls().length).toBe(0);
    });
  });

  kit.it('C44', 'aborting its signal stops a loop and leaves no listener', async () => {
    const reactor = kit.create();
    const signal = new CountingSignal();
    const loop = every(reactor, HOUR, () => undefined, { signal });
    signal.abort();
    await loop.whenDone();
    expect(loop.active).toBe(false);
    expect(signal.listeners).toBe(0);
    const late = every(reactor, HOUR, () => undefined, { signal });
    expect(late.active).toBe(false);
    expect(reactor.getDelayedCalls().length).toBe(0);
  });

  kit.it('C30', 'a loop of every() has ended when the first shutdown trigger is called', async () => {
    const reactor = kit.create();
    const active: boolean[] = [];
    await start(reactor);
    const loop = every(reactor, 1, () => undefined);
    reactor.on('shutdown', { before: () => active.push(loop.active) });
    await reactor.stop();
    await loop.whenDone();
    expect(active).toEqual([false]);
  });
}
