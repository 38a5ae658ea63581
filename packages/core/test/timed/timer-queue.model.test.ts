import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TriphaseError } from '../../src/ground/errors.ts';
import { Slice } from '../../src/turn/slice.ts';
import { TimerQueue, type ScheduledCall } from '../../src/timed/timer-queue.ts';
import { SortedCalls } from './sorted-calls.ts';
import { program, trace, type Subject } from './timer-queue.program.ts';

/** A timer queue, and a host that sets one wakeup: when the queue tells of an earlier call, and after each turn. */
class HostedQueue implements Subject {
  readonly #calls: ScheduledCall[] = [];
  readonly #queue = new TimerQueue(
    () => this.#now,
    () => {
      this.#wakesAt = this.#queue.nextDeadline();
    },
  );
  #now = 0;
  #wakesAt = Infinity;

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  add(ms: number, fn: () => void): void {
    this.#calls.push(this.#queue.add(ms, fn));
    this.#checkWakeup();
  }

  change(kind: 'cancel' | 'reset' | 'delay', target: number, ms: number): string {
    const call = this.#calls[target]!;
    const { active } = call;
    try {
      call[kind](ms);
      expect(active).toBe(true);
      expect(call.active).toBe(kind !== 'cancel');
      return '';
    } catch (error) {
      expect(active).toBe(false);
      return (error as TriphaseError).code;
    } finally {
      this.#checkWakeup();
    }
  }

  next(): number {
    return (this.#wakesAt = this.#queue.nextDeadline());
  }

  list(): readonly number[] {
    return this.#queue.list().map((call) => this.#calls.indexOf(call));
  }

  size(): number {
    return this.#queue.size;
  }

  order(): number {
    return this.#queue.order;
  }

  hasDue(now: number, before: number): boolean {
    return this.#queue.hasDue(now, before);
  }

  run(now: number, batch: number, ran: (call: number, lateness: number) => void): void {
    const slice = new Slice(() => this.#now, Infinity, batch);
    slice.begin(now);
    this.#queue.runDue(now, slice, (fn, call, lateness) => {
      ran(this.#calls.indexOf(call), lateness);
      fn();
    });
    this.next();
  }

  /** C2: the wakeup is never later than the first call. */
  #checkWakeup(): void {
    for (const { active, time } of this.#calls) {
      if (active && time < this.#wakesAt) throw new Error(`due at ${time}, woken at ${this.#wakesAt}`);
    }
  }
}

test('C40: a timer queue runs any program as a plain sorted list does', () => {
  fc.assert(
    fc.property(program, (steps) => {
      expect(trace(steps, new HostedQueue())).toEqual(trace(steps, new SortedCalls()));
    }),
    { numRuns: 500 },
  );
});
