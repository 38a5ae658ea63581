import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { debounce } from '../../src/tasks/debounce.ts';
import { HandClock } from '../hand-clock.ts';
import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** A running reactor, and what it reports. */
function running(): { reactor: HandTurnedReactor; ended: Promise<unknown>; reported: string[] } {
  const reported: string[] = [];
  const reactor: HandTurnedReactor = new HandTurnedReactor({
    onError: (error, { kind, name }) => reported.push(`${kind} ${name}: ${(error as Error).message}`),
  });
  const ended = reactor.run();
  reactor.pump();
  return { reactor, ended, reported };
}

describe('debounce', () => {
  it('C69: calls once, ms after the last call, with its arguments; nothing is left then', () => {
    const clock = new HandClock();
    const calls: unknown[] = [];
    const save = debounce(clock, 10, (...args: number[]) => calls.push([clock.now(), ...args]));
    save(1);
    clock.advance(9);
    save(2, 3);
    clock.advance(9);
    expect(calls).toEqual([]);
    clock.advance(20);
    expect(calls).toEqual([[19, 2, 3]]);
    expect([clock.timers.size, listeners(clock.signal)]).toEqual([0, 0]);
    save(4);
    clock.advance(10);
    expect(calls.length).toBe(2);
  });

  it('C69: flush() calls now, only if a call is waiting; cancel() drops it', () => {
    const clock = new HandClock();
    const calls: number[] = [];
    const save = debounce(clock, 10, (n: number) => calls.push(n));
    save.flush();
    save(1);
    save.flush();
    save.flush();
    save(2);
    save.cancel();
    save.cancel();
    clock.advance(100);
    expect(calls).toEqual([1]);
    expect([clock.timers.size, listeners(clock.signal)]).toEqual([0, 0]);
  });

  it('C69: against a plain model: the same calls at the same times', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('call' as const), n: fc.nat(9) }),
      fc.record({ op: fc.constantFrom('flush' as const, 'cancel' as const), n: fc.constant(0) }),
      fc.record({ op: fc.constant('wait' as const), n: fc.nat(15) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new HandClock();
        const calls: number[][] = [];
        const expected: number[][] = [];
        const save = debounce(clock, 10, (n: number) => calls.push([clock.now(), n]));
        let waiting: { n: number; due: number } | undefined;
        for (const { op, n } of steps) {
          if (op === 'call') {
            save(n);
            waiting = { n, due: clock.now() + 10 };
          } else if (op === 'wait') {
            clock.advance(n);
            if (waiting !== undefined && waiting.due <= clock.now()) {
              expected.push([waiting.due, waiting.n]);
              waiting = undefined;
            }
          } else {
            save[op]();
            if (op === 'flush' && waiting !== undefined) expected.push([clock.now(), waiting.n]);
            waiting = undefined;
          }
        }
        expect(calls).toEqual(expected);
        expect(clock.timers.size).toBe(waiting === undefined ? 0 : 1);
      }),
    );
  });

  it('C69: a stop calls it at once, and before shutdown waits for its promise', async () => {
    const { reactor, ended } = running();
    const order: string[] = [];
    let finish = (): void => undefined;
    const save = debounce(reactor, 1_000, async (text: string) => {
      order.push(`save ${text}`);
      await new Promise<void>((resolve) => (finish = resolve));
      order.push('saved');
    });
    reactor.on('shutdown', () => order.push('db closes'));
    save('draft');
    void reactor.stop();
    expect(order).toEqual(['save draft']);
    reactor.pump();
    await settled();
    expect(order).toEqual(['save draft']);
    finish();
    await settled();
    reactor.pump();
    await ended;
    expect(order).toEqual(['save draft', 'saved', 'db closes']);
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C69: a call while stopping is made at once, and holds its phase', async () => {
    const { reactor, ended } = running();
    const order: string[] = [];
    const save = debounce(reactor, 1_000, async () => {
      order.push('save');
      await settled();
      order.push('saved');
    });
    reactor.on('shutdown', {
      before: () => {
        save();
      },
      during: () => order.push('db closes'),
    });
    void reactor.stop();
    reactor.pump();
    expect(order).toEqual(['save']);
    await settled();
    await settled();
    reactor.pump();
    await ended;
    expect(order).toEqual(['save', 'saved', 'db closes']);
    save();
    expect(order.length).toBe(4); // the run is over: at once too
    await settled();
  });

  it('C69: a function that calls itself while stopping comes to an end', async () => {
    const { reactor, ended } = running();
    let calls = 0;
    const again = debounce(reactor, 10, () => {
      calls++;
      again();
    });
    again();
    reactor.advance(10);
    expect(calls).toBe(1);
    void reactor.stop(); // calls it, and it calls itself
    reactor.pump();
    await ended;
    expect(calls).toBeLessThan(5);
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C69: a function that has called itself is still called by a stop', () => {
    const { reactor } = running();
    let calls = 0;
    const again = debounce(reactor, 1_000, () => {
      if (++calls < 2) again();
    });
    again();
    reactor.advance(1_000);
    expect(calls).toBe(1);
    void reactor.stop();
    expect(calls).toBe(2);
  });

  it('C69: a crash calls it too; afterwards it works in the next run', async () => {
    const { reactor, ended } = running();
    let calls = 0;
    const save = debounce(reactor, 10, () => ++calls);
    save();
    reactor.crash();
    await ended;
    expect(calls).toBe(1);
    void reactor.run();
    reactor.pump();
    save();
    reactor.advance(10);
    expect(calls).toBe(2);
    save();
    void reactor.stop();
    expect(calls).toBe(3);
  });

  it.each(['at its time', 'by flush()', 'by a stop'])(
    'C48, C69: an error that it throws %s is reported under its name',
    (when) => {
      const { reactor, reported } = running();
      const save = debounce(reactor, 10, function save() {
        throw new Error('disk full');
      });
      save();
      if (when === 'at its time') reactor.advance(10);
      else if (when === 'by flush()') save.flush();
      else void reactor.stop();
      reactor.pump();
      expect(reported).toEqual(['timed-call save: disk full']);
    },
  );

  it('C57, C69: its rejection is reported once; on a clock without waitUntil by the clock', async () => {
    const { reactor, reported } = running();
    const save = debounce(reactor, 10, async function save() {
      await settled();
      throw new Error('disk full');
    });
    save();
    save.flush();
    await settled();
    await settled();
    expect(reported).toEqual(['work save: disk full']);
    const clock = new HandClock();
    const other = debounce(clock, 10, () => Promise.reject(new Error('no')));
    other();
    other.flush();
    await settled();
    clock.advance(1);
    expect(clock.errors.map(({ error }) => String(error))).toEqual(['Error: no']);
  });

  it.each<{ readonly what: string; readonly args: unknown[]; readonly message: string }>([
    { what: 'no clock', args: [{}, 1, () => 1], message: 'debounce() needs a clock' },
    { what: 'a time that is a text', args: [new HandClock(), '5', () => 1], message: "got the string '5'" },
    { what: 'NaN', args: [new HandClock(), NaN, () => 1], message: 'got NaN' },
    { what: 'no function', args: [new HandClock(), 1, 7], message: 'The function of debounce() is number' },
  ])('C69: $what is refused at once', ({ args, message }) => {
    const call = debounce as (...args: unknown[]) => unknown; // as: callers without types
    expect(() => call(...args)).toThrow(message);
  });
});
