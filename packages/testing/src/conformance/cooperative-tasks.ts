import { cooperate } from '@triphase/core';
import type { CooperativeTask } from '@triphase/core';
import { disposeOf } from './journal.ts';
import type { Kit } from './kit.ts';
import { codeOf, codeThrownBy, deferred, nextTurn, recordErrors, rejectionOf, runThrough, start } from './steps.ts';
import { block, passed, range } from './time.ts';

/** The slices and steps of `cooperate`. C45. */
export function cooperating(kit: Kit): void {
  const { expect } = kit;

  kit.it('C45', 'a task is taken to its end', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task = cooperate(
        reactor,
        repeat(2_500, () => steps++),
      );
      expect(await task.whenDone()).toBe('finished');
    });
    expect(steps).toBe(2_500);
  });

  kit.it('C45', 'tasks take turns: none waits for another to end', async () => {
    const reactor = kit.create();
    const counts = [0, 0, 0];
    const spread: number[] = [];
    const step =
      (own: number): (() => void) =>
      () => {
        counts[own] = (counts[own] ?? 0) + 1;
        spread.push(Math.max(...counts) - Math.min(...counts));
      };
    await runThrough(reactor, () =>
      Promise.all(range(3).map((own) => cooperate(reactor, repeat(500, step(own))).whenDone())),
    );
    expect(counts).toEqual([500, 500, 500]);
    expect(Math.max(...spread) <= 2).toBe(true);
  });

  kit.it('C45', 'a task without end starves neither queued nor timed calls', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      // A task that nothing interrupts comes to its end, and was not stopped.
      const task = cooperate(
        reactor,
        repeat(3_000_000, () => undefined),
      );
      await nextTurn(reactor);
      await new Promise<void>((resolve) => void reactor.callLater(0, resolve));
      disposeOf(task);
      expect(await task.whenDone()).toBe('stopped');
    });
  });

  kit.it(
    'C45',
    'with slow steps a slice ends by time',
    async () => {
      const reactor = kit.create();
      let steps = 0;
      await runThrough(reactor, async () => {
        const task = cooperate(
          reactor,
          repeat(200, () => {
            block(reactor, 2);
            steps++;
          }),
        );
        await nextTurn(reactor);
        await nextTurn(reactor);
        expect(steps > 0 && steps < 200).toBe(true);
        task.stop();
      });
    },
    { needs: 'movingClock' },
  );

  kit.it('C45', 'a promise that it yields pauses that task alone', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    await runThrough(reactor, async () => {
      const gate = deferred();
      const waiting = cooperate(reactor, yieldOnce(gate.promise, order));
      expect(
        await cooperate(
          reactor,
          repeat(10, () => order.push('other')),
        ).whenDone(),
      ).toBe('finished');
      expect(order.includes('after the promise')).toBe(false);
      gate.resolve();
      expect(await waiting.whenDone()).toBe('finished');
      expect(order.at(-1)).toBe('after the promise');
    });
  });
}

/** How a task of `cooperate` ends. C45. */
export function endsOfTasks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C45', 'a paused task takes no step until it is resumed as often', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task = cooperate(
        reactor,
        repeat(5, () => steps++),
      );
      task.pause();
      task.pause();
      await nextTurn(reactor);
      task.resume();
      await nextTurn(reactor);
      await nextTurn(reactor);
      expect(steps).toBe(0);
      task.resume();
      expect(await task.whenDone()).toBe('finished');
    });
    expect(steps).toBe(5);
  });

  kit.it('C45', 'a stopped task takes no further step', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task: CooperativeTask = cooperate(
        reactor,
        repeat(Infinity, () => {
          if (++steps === 3) task.stop();
        }),
      );
      expect(await task.whenDone()).toBe('stopped');
      await nextTurn(reactor);
      await nextTurn(reactor);
    });
    expect(steps).toBe(3);
  });

  kit.it('C45', 'a task that is stopped from outside takes no further step, whatever its iterator is', async () => {
    const reactor = kit.create();
    let steps = 0;
    await runThrough(reactor, async () => {
      const task = cooperate(reactor, { next: () => ({ done: false, value: steps++ }) });
      await nextTurn(reactor);
      task.stop();
      const before = steps;
      for (const _ of range(3)) await nextTurn(reactor);
      expect(steps).toBe(before);
    });
  });

  kit.it('C45', 'an error of a task that nobody asked after is reported once', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('no');
    await runThrough(reactor, async () => {
      cooperate(
        reactor,
        repeat(1, () => {
          throw failure;
        }),
      );
      for (const _ of range(3)) await nextTurn(reactor);
      await passed(reactor, 1);
    });
    expect(record.errors.map((error) => error === failure)).toEqual([true]);
  });

  kit.it('C45', 'a task that the end of the run cuts short is told: whenDone() rejects', async () => {
    const reactor = kit.create();
    await start(reactor);
    const task = cooperate(
      reactor,
      repeat(Infinity, () => undefined),
    );
    const rejected = rejectionOf(task.whenDone());
    await reactor.stop();
    expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STOPPED');
  });

  kit.it('C45', 'a stopped task lets its iterator clean up', async () => {
    const reactor = kit.create();
    const seen: string[] = [];
    const work = function* (): Generator<void> {
      try {
        yield* repeat(Infinity, () => undefined);
      } finally {
        seen.push('cleaned up');
      }
    };
    await runThrough(reactor, async () => {
      const task = cooperate(reactor, work());
      await nextTurn(reactor);
      task.stop();
      expect(await task.whenDone()).toBe('stopped');
      expect(seen).toEqual(['cleaned up']);
    });
  });

  kit.it('C45', 'whenDone() rejects with what the iterator throws', async () => {
    const reactor = kit.create();
    const failure = new Error('no');
    await runThrough(reactor, async () => {
      const task = cooperate(
        reactor,
        repeat(3, () => {
          throw failure;
        }),
      );
      expect(await rejectionOf(task.whenDone())).toBe(failure);
    });
  });

  kit.it('C45', 'pause, resume and stop in the wrong state are a TaskStateError; disposing never throws', async () => {
    const reactor = kit.create();
    const task = cooperate(
      reactor,
      repeat(Infinity, () => undefined),
    );
    const codes = [
      codeThrownBy(() => {
        task.resume();
      }),
    ];
    task.stop();
    codes.push(
      codeThrownBy(() => {
        task.stop();
      }),
      codeThrownBy(() => {
        task.pause();
      }),
      codeThrownBy(() => {
        task.resume();
      }),
    );
    expect(codes).toEqual(range(4).map(() => 'ERR_TRIPHASE_TASK_STATE'));
    disposeOf(task);
    expect(await task.whenDone()).toBe('stopped');
  });
}

function* repeat(times: number, step: () => unknown): Generator<void> {
  for (let n = 0; n < times; n++) {
    step();
    yield;
  }
}

function* yieldOnce(promise: Promise<unknown>, order: string[]): Generator {
  order.push('before the promise');
  yield promise;
  order.push('after the promise');
}
