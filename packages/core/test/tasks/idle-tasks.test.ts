import { describe, expect, it } from '@jest/globals';
import { cooperate, type CooperateOptions } from '../../src/tasks/cooperator.ts';
import { HandClock } from '../hand-clock.ts';
import { settled } from '../hand-turned-reactor.ts';

/** A clock of a host that says when it is idle, as pages do. */
class IdleClock extends HandClock {
  readonly requests: ((left: () => number) => void)[] = [];
  requested = 0;

  callWhenIdle(fn: (left: () => number) => void): () => void {
    this.requested++;
    this.requests.push(fn);
    return () => {
      const index = this.requests.indexOf(fn);
      if (index >= 0) this.requests.splice(index, 1);
    };
  }

  /** The host is idle for `ms` milliseconds. */
  idle(ms: number): void {
    const end = this.now() + ms;
    for (const fn of this.requests.splice(0)) fn(() => end - this.now());
  }
}

const IDLE: CooperateOptions = { priority: 'idle' };

/** Steps of `ms` milliseconds each. Without `count` they never end. */
function* steps(clock: HandClock, ms: number, seen: number[], count = Infinity): Generator<void> {
  for (let n = 0; n < count; n++) {
    clock.pass(ms);
    yield void seen.push(clock.now());
  }
}

describe("cooperate with priority 'idle'", () => {
  it('B24: a task gets the time that the host has to spare, and no turn', () => {
    const clock = new IdleClock();
    const seen: number[] = [];
    const task = cooperate(clock, steps(clock, 2, seen), IDLE);
    clock.turn();
    clock.turn();
    expect([seen, clock.requests.length]).toEqual([[], 1]);
    clock.idle(10);
    expect(seen).toEqual([2, 4, 6, 8, 10]);
    clock.idle(0.5); // nothing fits into that
    expect(seen.length).toBe(5);
    clock.idle(3);
    expect(seen.length).toBe(7);
    // The call is never due: its `onDrop` tells the task that the run has ended.
    expect([clock.requests.length, clock.waiting]).toEqual([1, ['cooperate']]);
    task.stop();
    expect([clock.requests, clock.waiting]).toEqual([[], []]);
  });

  it('B24: quick steps end with the idle time, too', () => {
    const clock = new IdleClock();
    const seen: number[] = [];
    cooperate(clock, steps(clock, 0.01, seen), IDLE);
    clock.idle(10);
    expect(clock.now()).toBeGreaterThan(9);
    expect(clock.now()).toBeLessThan(11);
  });

  it('B24: on a clock that stands still an idle time still ends', () => {
    const clock = new IdleClock();
    const seen: number[] = [];
    cooperate(clock, steps(clock, 0, seen), IDLE);
    clock.idle(10);
    expect(seen.length).toBe(50_000);
  });

  it('B24: the tasks of one clock take one step each of its idle time; tasks of normal priority go on', async () => {
    const clock = new IdleClock();
    const order: string[] = [];
    function* noting(name: string): Generator<void> {
      for (let n = 0; n < 2; n++) {
        clock.pass(0.1);
        yield void order.push(name);
      }
    }
    const tasks = [cooperate(clock, noting('a'), IDLE), cooperate(clock, noting('b'), IDLE)];
    const normal = cooperate(clock, noting('turn'));
    expect(clock.requested).toBe(1);
    clock.turn();
    expect(order).toEqual(['turn', 'turn']);
    clock.idle(10);
    expect(order).toEqual(['turn', 'turn', 'a', 'b', 'a', 'b']);
    expect(await Promise.all([...tasks, normal].map((task) => task.whenDone()))).toEqual(Array(3).fill('finished'));
    expect([clock.requests, clock.waiting]).toEqual([[], []]);
  });

  it('B24: nothing is requested while all tasks are paused or wait for a promise', async () => {
    const clock = new IdleClock();
    let resolve: () => void = () => undefined;
    function* waiting(): Generator {
      yield new Promise<void>((settle) => (resolve = settle));
    }
    const task = cooperate(clock, waiting(), IDLE);
    task.pause();
    expect(clock.requests.length).toBe(0);
    task.resume();
    expect(clock.requests.length).toBe(1);
    clock.idle(5);
    expect(clock.requests.length).toBe(0);
    resolve();
    await settled();
    expect(clock.requests.length).toBe(1);
    clock.idle(5);
    expect(await task.whenDone()).toBe('finished');
  });

  it('B24, C30: when the run ends the task is dropped, and its request is cancelled', async () => {
    const clock = new IdleClock();
    const seen: number[] = [];
    const done = cooperate(clock, steps(clock, 1, seen), IDLE).whenDone();
    const error = clock.end();
    await expect(done).rejects.toBe(error);
    expect(clock.requests).toEqual([]);
  });

  it('B24: an error of an iterator is reported, and the other tasks go on', () => {
    const clock = new IdleClock();
    const seen: number[] = [];
    function* failing(): Generator<void> {
      throw 'step';
    }
    cooperate(clock, failing(), IDLE);
    cooperate(clock, steps(clock, 1, seen, 3), IDLE);
    clock.idle(10);
    clock.turn();
    expect(seen.length).toBe(3);
    expect(clock.errors).toEqual([{ name: 'cooperate', error: 'step' }]);
  });

  it.each([
    { name: 'has no callWhenIdle', clock: new HandClock() },
    { name: 'says that it cannot tell', clock: Object.assign(new HandClock(), { callWhenIdle: () => undefined }) },
  ])('B24: on a clock that $name a task has 5 ms at a time, and others run in between', ({ clock }) => {
    const seen: number[] = [];
    const task = cooperate(clock, steps(clock, 1, seen), IDLE);
    expect(seen).toEqual([]);
    clock.jump(1);
    expect(seen).toEqual([2, 3, 4, 5, 6]);
    clock.turn();
    expect(seen.length).toBe(5);
    clock.jump(1);
    expect(seen.length).toBe(10);
    task.stop();
    expect(clock.waiting).toEqual([]);
  });

  it('B24: while calls are late, since the host is busy, a task has 1 ms at a time', () => {
    const clock = new HandClock();
    const seen: number[] = [];
    cooperate(clock, steps(clock, 0.5, seen), IDLE);
    clock.jump(12);
    expect(seen.length).toBe(2);
    clock.jump(10); // 1 ms pause, 9 ms late: browsers delay timers so much
    expect(seen.length).toBe(12);
  });

  it.each([
    { options: { priority: 'low' }, message: "The priority of a task is the string 'low': give 'normal' or 'idle'" },
    { options: { priority: 1 }, message: "The priority of a task is 1: give 'normal' or 'idle'" },
    { options: { prio: 'idle' }, message: 'cooperate() has no option "prio": did you mean "priority"?' },
  ])('B24: $options is refused', ({ options, message }) => {
    const clock = new IdleClock();
    // as: callers without types pass anything
    const call = (): unknown => cooperate(clock, [].values(), options as unknown as CooperateOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
    expect(clock.waiting).toEqual([]);
  });
});
