import { type CooperativeTask, cooperate } from '@triphase/core';
import { disposeOf } from '../dispose.ts';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { codeOf, codeThrownBy, rejectionOf } from '../thrown.ts';
import { delay } from '../time.ts';
import { repeat } from './repeat.ts';

/** How a task of `cooperate` ends. C45. */
export function endsOfTasks(kit: Kit): void {
  const { expect } = kit;

  kit.it('C45', 'a paused task takes no step until resume() was called as often as pause()', async () => {
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

  kit.it('C45', 'a task with an iterator that has only next() takes no further step after stop()', async () => {
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

  kit.it('C45', 'an error of a task is reported once when whenDone() was not called', async () => {
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
      await delay(reactor, 1);
    });
    expect(record.errors.map((error) => error === failure)).toEqual([true]);
  });

  kit.it('C45', 'whenDone() of a task rejects with ReactorStoppedError at the end of the run', async () => {
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

  kit.it('C45', 'stop() of a task runs the finally blocks of its iterator', async () => {
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

  kit.it('C45', 'whenDone() of a task rejects with what its iterator throws', async () => {
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

  kit.it(
    'C45',
    'pause(), resume() and stop() in the wrong state throw TaskStateError; disposing never throws',
    async () => {
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
    },
  );
}
