import { describe, expect, it } from '@jest/globals';
import type { ErrorSource } from '../src/ground/error-source.ts';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

/** A reactor whose clock gives what a test says. */
class ClockedReactor extends HandTurnedReactor {
  reading: () => unknown = () => 0;

  protected override hostNow(): number {
    return this.reading() as number; // as: what JavaScript lets a host do
  }
}

const fail = (): never => {
  throw new Error('no clock');
};

describe('a clock that is broken', () => {
  it.each([
    { what: 'NaN', reading: () => NaN, message: 'The clock returned NaN: return milliseconds, a finite number.' },
    {
      what: 'Infinity',
      reading: () => Infinity,
      message: 'The clock returned Infinity: return milliseconds, a finite number.',
    },
    {
      what: 'a string',
      reading: () => '5',
      message: "The clock returned the string '5': return milliseconds, a finite number.",
    },
    {
      what: 'a bigint',
      reading: () => 5n,
      message: "The clock returned the bigint '5': return milliseconds, a finite number.",
    },
    {
      what: 'nothing',
      reading: () => undefined,
      message: 'The clock returned undefined: return milliseconds, a finite number.',
    },
    { what: 'an error', reading: fail, message: 'no clock' },
  ])(
    'C39: $what is reported once, and time stands still until the clock is right again',
    async ({ reading, message }) => {
      const heard: { readonly text: string; readonly source: ErrorSource }[] = [];
      const reactor = new ClockedReactor({
        onError: (error, source) => {
          reactor.now(); // reading it here is harmless
          heard.push({ text: (error as Error).message, source });
        },
      });
      const ran: string[] = [];
      const ended = reactor.run();
      reactor.reading = () => 100;
      const never = reactor.callLater(Infinity, () => ran.push('never'));
      reactor.callLater(10, () => ran.push('timed'));
      reactor.reading = reading;
      expect([reactor.now(), reactor.now()]).toEqual([100, 100]);
      reactor.callSoon(() => ran.push('queued'));
      expect(reactor.callLater(0, () => ran.push('due')).time).toBe(100);
      reactor.pump();
      expect(ran).toEqual(['queued', 'due']);
      expect(heard).toEqual([{ text: message, source: { kind: 'host', name: 'hostNow' } }]);
      reactor.reading = () => 110;
      reactor.iterate();
      expect(ran).toEqual(['queued', 'due', 'timed']);
      reactor.reading = reading;
      const stopped = reactor.stop();
      reactor.pump();
      await stopped;
      await ended;
      expect([heard.length, never.active]).toEqual([2, true]);
    },
  );

  it('C39: a clock that never worked counts from 0', () => {
    let errors = 0;
    const reactor = new ClockedReactor({ onError: () => errors++ });
    reactor.reading = () => NaN;
    const call = reactor.callLater(5, () => undefined);
    expect([reactor.now(), call.time, String(call), errors]).toEqual([0, 5, 'DelayedCall: due in 5 ms', 1]);
    reactor.reading = () => 7;
    expect([reactor.now(), reactor.iterate(), call.active]).toEqual([7, Infinity, false]);
  });

  it('C39: a clock that goes back stands still, and nothing is reported', () => {
    let errors = 0;
    const reactor = new ClockedReactor({ onError: () => errors++ });
    const times = [-5, -7, 3, 1, -Number.MAX_VALUE, 3.5];
    const read = times.map((time) => {
      reactor.reading = () => time;
      return reactor.now();
    });
    expect(read).toEqual([-5, -5, 3, 3, 3, 3.5]);
    expect(errors).toBe(0);
  });
});
