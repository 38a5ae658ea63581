import { describe, expect, it } from '@jest/globals';
import { AlreadyCalledError, AlreadyCancelledError } from '../../src/ground/errors.ts';
import { at, type AtOptions } from '../../src/tasks/at.ts';
import { HandClock } from '../hand-clock.ts';

const NOON = Date.UTC(2026, 10, 29, 12);
const HOUR = 3_600_000;

/** A machine whose wall clock can be set. While it sleeps, its timers stand still. */
class Machine extends HandClock {
  readonly calls: number[] = [];
  #ahead = NOON;

  wallNow(): number {
    return this.now() + this.#ahead;
  }

  /** The user, or a time server, sets the clock. */
  setClock(by: number): void {
    this.#ahead += by;
  }

  sleep(ms: number): void {
    this.#ahead += ms;
  }

  readonly note = (): void => void this.calls.push(this.wallNow() - NOON);
}

describe('at', () => {
  it.each([
    { name: 'a Date', date: new Date(NOON + 5 * HOUR) },
    { name: 'milliseconds since 1970', date: NOON + 5 * HOUR },
  ])('B25: calls once, at $name', ({ date }) => {
    const machine = new Machine();
    const call = at(machine, date, machine.note);
    expect([call.active, call.date]).toEqual([true, NOON + 5 * HOUR]);
    machine.advance(5 * HOUR - 1);
    expect(machine.calls).toEqual([]);
    machine.advance(24 * HOUR);
    expect([machine.calls, call.active, machine.waiting]).toEqual([[5 * HOUR], false, []]);
  });

  it.each([0, -1, -HOUR])('B25: a date that is %d ms from now is due in the next turn', (ms) => {
    const machine = new Machine();
    at(machine, NOON + ms, machine.note);
    expect(machine.calls).toEqual([]);
    machine.turn();
    expect(machine.calls).toEqual([0]);
  });

  it.each([1, 20_000, 29_999, 30_000, HOUR, 100 * HOUR])(
    'B25: a machine that slept over the date calls once, at most 30 s after it woke up (%d ms late)',
    (over) => {
      const machine = new Machine();
      at(machine, NOON + HOUR, machine.note);
      machine.advance(10_000);
      machine.sleep(HOUR + over);
      const woken = machine.wallNow() - NOON;
      machine.advance(60_000);
      expect(machine.calls.length).toBe(1);
      expect(machine.calls[0]! - woken).toBeLessThanOrEqual(30_000);
      machine.advance(10 * HOUR);
      expect(machine.calls.length).toBe(1);
    },
  );

  it('B25: a machine that slept, but not over the date, is in time', () => {
    const machine = new Machine();
    at(machine, NOON + 3 * HOUR, machine.note);
    machine.advance(HOUR);
    machine.sleep(HOUR);
    machine.advance(2 * HOUR);
    expect(machine.calls).toEqual([3 * HOUR]);
  });

  it('B25: a clock that was set forward is honoured: a date that has passed is due within 30 s, others at the new time', () => {
    const machine = new Machine();
    at(machine, NOON + HOUR, machine.note);
    at(machine, NOON + 4 * HOUR, machine.note);
    machine.advance(1_000);
    machine.setClock(2 * HOUR);
    machine.advance(30_000);
    expect(machine.calls.length).toBe(1);
    machine.advance(2 * HOUR);
    expect(machine.calls[1]).toBe(4 * HOUR);
  });

  it('B25: a clock that was set back is honoured: the call waits for the new time', () => {
    const machine = new Machine();
    at(machine, NOON + HOUR, machine.note);
    machine.advance(HOUR - 1_000);
    machine.setClock(-HOUR);
    machine.advance(HOUR);
    expect(machine.calls).toEqual([]);
    machine.advance(2_000);
    expect(machine.calls).toEqual([HOUR]);
  });

  it('B25: a call that is cancelled is not made', () => {
    const machine = new Machine();
    const controller = new AbortController();
    const call = at(machine, NOON + HOUR, machine.note);
    const other = at(machine, NOON + HOUR, machine.note, { signal: controller.signal });
    at(machine, NOON + HOUR, machine.note)[Symbol.dispose]();
    machine.advance(HOUR / 2);
    call.cancel();
    controller.abort();
    expect(() => call.cancel()).toThrow(AlreadyCancelledError);
    call[Symbol.dispose]();
    expect([call.active, other.active, machine.waiting]).toEqual([false, false, []]);
    machine.advance(HOUR);
    expect(machine.calls).toEqual([]);
    const last = at(machine, NOON, machine.note);
    machine.turn();
    expect(() => last.cancel()).toThrow(AlreadyCalledError);
  });

  it('B25, C30: if the run ends first, onDrop is called, and not the function', () => {
    const machine = new Machine();
    const dropped: string[] = [];
    at(machine, NOON + HOUR, machine.note, { onDrop: ({ name }) => dropped.push(name) });
    machine.advance(HOUR / 2);
    machine.end();
    machine.advance(HOUR);
    expect([dropped, machine.calls]).toEqual([['ReactorStoppedError'], []]);
  });

  it('B25, C48: an error of the function is reported under its name', () => {
    const machine = new Machine();
    at(machine, NOON, function celebrate() {
      throw 'celebrate';
    });
    at(
      machine,
      NOON,
      () => {
        throw 'other';
      },
      { name: 'new year' },
    );
    expect(machine.waiting).toEqual(['celebrate', 'new year']);
    machine.turn();
    expect(machine.errors).toEqual([
      { name: 'celebrate', error: 'celebrate' },
      { name: 'new year', error: 'other' },
    ]);
  });

  it('B25: with a clock that has no wallNow it reads Date.now()', () => {
    const clock = new HandClock();
    let called = 0;
    at(clock, Date.now() - 1, () => called++);
    at(clock, Date.now() + HOUR, () => called++);
    clock.advance(60_000);
    expect(called).toBe(1);
  });

  it('B25: a wall clock that fails for a while only delays the call', () => {
    const machine = new Machine();
    const { wallNow } = Machine.prototype;
    at(machine, NOON + HOUR, machine.note);
    machine.wallNow = () => NaN;
    machine.advance(HOUR + 10_000);
    machine.wallNow = wallNow;
    expect(machine.calls).toEqual([]);
    machine.advance(30_000);
    expect(machine.calls.length).toBe(1);
  });

  it('B25, N3: each check of the wall clock runs in the context of the caller of at()', () => {
    const contexts: unknown[] = [];
    class Contexts extends Machine {
      override callLater(...args: Parameters<Machine['callLater']>): ReturnType<Machine['callLater']> {
        contexts.push(args[2]?.context);
        return super.callLater(...args);
      }
    }
    const machine = new Contexts();
    at(machine, NOON + 70_000, machine.note);
    machine.advance(70_000);
    expect(contexts).toEqual([true, true, true]);
  });

  it.each([
    {
      date: '2027-01-01',
      kind: TypeError,
      message: "The date of at() is the string '2027-01-01': give a Date, or milliseconds since 1970",
    },
    { date: undefined, kind: TypeError, message: 'The date of at() is undefined' },
    { date: null, kind: TypeError, message: 'The date of at() is null' },
    { date: {}, kind: TypeError, message: 'The date of at() is an object' },
    { date: NaN, kind: RangeError, message: 'The date of at() is not valid' },
    { date: Infinity, kind: RangeError, message: 'The date of at() is not valid' },
    { date: 8.64e15 + 1, kind: RangeError, message: 'The date of at() is not valid' },
    { date: -8.65e15, kind: RangeError, message: 'The date of at() is not valid' },
    { date: 1.8e18, kind: RangeError, message: 'or milliseconds since 1970' }, // nanoseconds
    { date: new Date('never'), kind: RangeError, message: 'The date of at() is not valid' },
  ])('B25: $date is refused as a date', ({ date, kind, message }) => {
    const machine = new Machine();
    // as: callers without types pass anything
    const call = (): unknown => at(machine, date as Date, machine.note);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
    expect(machine.waiting).toEqual([]);
  });

  it('B25: other wrong arguments are refused', () => {
    const machine = new Machine();
    // as: callers without types pass anything
    expect(() => at(undefined as unknown as Machine, NOON, machine.note)).toThrow('at() needs a clock');
    expect(() => at(machine, NOON, 'noon' as unknown as () => void)).toThrow('The function for at is string');
    expect(() => at(machine, NOON, machine.note, { nmae: 'x' } as AtOptions)).toThrow('did you mean "name"?');
  });
});
