import { cooperate } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { disposeOf } from '../dispose.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { block } from '../time.ts';
import { repeat } from './repeat.ts';

/** The slices and steps of `cooperate`. C45. */
export function cooperating(kit: Kit): void {
  const { expect } = kit;

  kit.it('C45', 'cooperate() runs an iterator to its end', async () => {
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

  kit.it('C45', 'tasks alternate: none waits for another to end', async () => {
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

  kit.it('C45', 'an endless task starves neither queued nor timed calls', async () => {
    const reactor = kit.create();
    await runThrough(reactor, async () => {
      // If the task starved the rest, it would finish before it is stopped.
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
    'a slice of slow steps of a task ends after its time',
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

  kit.it('C45', 'a promise that a task yields pauses only that task', async () => {
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

function* yieldOnce(promise: Promise<unknown>, order: string[]): Generator {
  order.push('before the promise');
  yield promise;
  order.push('after the promise');
}
