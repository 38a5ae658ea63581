import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TimeoutError } from '../../src/ground/errors.ts';
import { every, type EveryOptions, type RunTick, type Tick } from '../../src/tasks/looping-call.ts';
import { HandClock } from '../hand-clock.ts';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';
import { never } from '../never.ts';
import { recorder } from './loop-runs.ts';

/** A clock whose random numbers are given. */
function clockWith(...numbers: number[]): HandClock & { random(): number } {
  return Object.assign(new HandClock(), { random: () => numbers.shift() ?? 0 });
}

describe('jitter', () => {
  it('C68: each run comes at most jitter × interval after its slot, and the grid stays', () => {
    const clock = clockWith(0, 0.5, 0.999);
    const { runs, record } = recorder(clock);
    every(clock, 100, record, { jitter: 0.4 });
    clock.advance(400);
    expect(runs).toEqual([
      { now: 100, time: 100, missed: 0 },
      { now: 220, time: 200, missed: 0 },
      { now: 339.96, time: 300, missed: 0 },
      { now: 400, time: 400, missed: 0 },
    ]);
  });

  it('C68: a run that `now` asks for is not delayed; reset() delays the next one', () => {
    const clock = clockWith(0.5, 0.5);
    const { runs, record } = recorder(clock);
    const loop = every(clock, 100, record, { now: true, jitter: 1 });
    clock.turn();
    expect(runs).toEqual([{ now: 0, time: 0, missed: 0 }]);
    clock.pass(20);
    loop.reset();
    clock.advance(200);
    expect(runs[1]).toEqual({ now: 170, time: 120, missed: 0 });
  });

  it('C68: whatever the numbers are, no slot is lost or doubled and no run comes before its slot', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(random, { minLength: 1 }), random, (numbers, jitter) => {
        const clock = clockWith(...numbers);
        const ticks: (Tick & { at: number })[] = [];
        every(clock, 16.7, ({ time, missed }) => ticks.push({ time, missed, at: clock.now() }), { jitter });
        clock.advance(1_000);
        let slots = 0;
        for (const { time, missed, at } of ticks) {
          slots += missed + 1;
          expect(time).toBe(slots * 16.7);
          expect(at - time).toBeGreaterThan(-1e-9);
        }
        expect(ticks.length).toBeGreaterThan(50);
      }),
    );
  });

  it('C68: an interval of 0 or Infinity has no jitter', () => {
    const clock = clockWith(0.5);
    let runs = 0;
    every(clock, 0, () => ++runs, { jitter: 1 });
    every(clock, Infinity, () => ++runs, { jitter: 1 });
    clock.turn();
    expect(runs).toBe(1);
  });
});

describe('the timeout of a run', () => {
  it('C68: at the limit its signal aborts, it is reported, and the loop goes on without it', async () => {
    const reported: unknown[] = [];
    const reactor = new HandTurnedReactor({ onError: (error, { kind, name }) => reported.push([error, kind, name]) });
    void reactor.run();
    reactor.pump();
    const ticks: RunTick[] = [];
    const poll = (tick: RunTick): unknown => (ticks.push(tick), ticks.length === 1 ? never() : undefined);
    every(reactor, 10, poll, { timeout: 25, name: 'poll' });
    reactor.advance(10);
    await settled();
    reactor.advance(24);
    await settled();
    expect([ticks.length, ticks[0]?.signal.aborted, reported]).toEqual([1, false, []]);
    reactor.advance(1);
    await settled();
    expect(reported).toEqual([[expect.any(TimeoutError), 'work', 'poll']]);
    const [[error]] = reported as [[TimeoutError]];
    expect([error.ms, error.message]).toEqual([25, expect.stringMatching(/^A run of "poll" timed out after 25 ms: /)]);
    expect(ticks[0]?.signal.reason).toBe(error);
    reactor.advance(5);
    expect([ticks.length, ticks[1]?.time, ticks[1]?.missed]).toEqual([2, 40, 2]);
  });

  it('C68: a run that is over in time, or returns no promise, leaves no timer', async () => {
    const clock = new HandClock();
    let finish = (): void => undefined;
    let isAsync = true;
    const run = (): unknown => (isAsync ? new Promise<void>((resolve) => (finish = resolve)) : undefined);
    const loop = every(clock, 10, run, { timeout: 5, hold: false, name: 'poll' });
    await clock.advanceAsync(10);
    expect(clock.waiting).toEqual(['poll']);
    finish();
    await settled();
    isAsync = false;
    await clock.advanceAsync(10);
    expect(clock.timers.size).toBe(1); // the next slot
    loop.stop();
    expect([clock.timers.size, clock.errors]).toEqual([0, []]);
  });

  it("C68: with { onError: 'stop' } it ends the loop, and whenDone() rejects with it", async () => {
    const clock = new HandClock();
    const loop = every(clock, 10, never, { timeout: 5, onError: 'stop' });
    const error = loop.whenDone().catch((thrown: unknown) => thrown);
    await clock.advanceAsync(15);
    expect(await error).toBeInstanceOf(TimeoutError);
    expect([loop.active, clock.timers.size, clock.errors]).toEqual([false, 0, []]);
  });

  it('C68: a stop waits for the run until its timeout, and then the run fails the stop', async () => {
    const reactor = new HandTurnedReactor({ onError: () => undefined });
    const ended = reactor.run();
    reactor.pump();
    every(reactor, 10, never, { timeout: 25, name: 'poll' });
    reactor.advance(10);
    void reactor.stop();
    reactor.pump();
    reactor.advance(24);
    await settled();
    expect(reactor.state).toBe('stopping');
    reactor.advance(1);
    await settled();
    reactor.pump();
    expect((await ended).errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Work "poll" \(shutdown, before\) failed: A run of "poll" timed out after 25 ms/),
    ]);
  });

  it('C68: the end of the run drops the timer, and nothing is reported', async () => {
    const reported: unknown[] = [];
    const reactor = new HandTurnedReactor({ onError: (error) => reported.push(error) });
    const ended = reactor.run();
    reactor.pump();
    every(reactor, 10, never, { timeout: 1_000, hold: false });
    reactor.advance(10);
    void reactor.stop();
    reactor.pump();
    await ended;
    await settled();
    expect(reported).toEqual([]);
  });

  it('C68: the signal of a run without timeout never aborts', async () => {
    const clock = new HandClock();
    const signals: AbortSignal[] = [];
    const loop = every(clock, 10, ({ signal }) => signals.push(signal));
    clock.advance(20);
    loop.stop();
    clock.stop();
    await settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    expect(signals[0]).not.toBe(signals[1]);
  });
});

it.each<{ readonly what: string; readonly options: EveryOptions; readonly message: string }>([
  { what: 'a jitter above 1', options: { jitter: 1.1 }, message: 'The jitter of a loop is 1.1' },
  { what: 'a negative jitter', options: { jitter: -0.1 }, message: 'The jitter of a loop is -0.1' },
  { what: 'a jitter that is NaN', options: { jitter: NaN }, message: 'The jitter of a loop is NaN' },
  {
    what: 'a jitter that is a text',
    options: { jitter: '0.2' as never },
    message: "The jitter of a loop is the string '0.2'",
  },
  { what: 'a timeout that is a text', options: { timeout: '5' as never }, message: "got the string '5'" },
  { what: 'a negative timeout', options: { timeout: -1 }, message: 'The timeout of a loop is' },
])('C68: $what is refused at once, and nothing is scheduled', ({ options, message }) => {
  const clock = new HandClock();
  expect(() => every(clock, 10, () => undefined, options)).toThrow(message);
  expect(clock.timers.size).toBe(0);
});
