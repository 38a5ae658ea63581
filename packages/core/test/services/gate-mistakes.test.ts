import { describe, expect, it } from '@jest/globals';
import { inFlight, type GateOptions, type Service } from '@triphase/core';
import { HandTurnedReactor } from '../hand-turned-reactor.ts';

describe('a gate with wrong arguments', () => {
  it.each<{ readonly what: string; readonly options: GateOptions; readonly message: string }>([
    {
      what: 'an unknown key',
      options: { concurency: 5 } as GateOptions,
      message: 'The gate "jobs" has no option "concurency": did you mean "concurrency"?',
    },
    {
      what: 'max, which can mean two limits,',
      options: { max: 5 } as GateOptions,
      message:
        'The gate "jobs" has no option "max": use concurrency for what runs, as in inFlight(\'jobs\', { concurrency: 10 }), or maxWaiting for what waits',
    },
    {
      what: 'a number in place of the options',
      options: 4 as never,
      message: 'The options of gate "jobs" are 4: give an object, as in inFlight(\'jobs\', { concurrency: 10 })',
    },
    { what: 'a concurrency of 0', options: { concurrency: 0 }, message: 'The concurrency of gate "jobs" is 0' },
    {
      what: 'a concurrency with a fraction',
      options: { concurrency: 1.5 },
      message: 'The concurrency of gate "jobs" is 1.5',
    },
    {
      what: 'a maxWaiting that is a text',
      options: { maxWaiting: '5' as never },
      message: 'The maxWaiting of gate "jobs" is the string \'5\'',
    },
    { what: 'a negative maxWaiting', options: { maxWaiting: -1 }, message: 'The maxWaiting of gate "jobs" is -1' },
    {
      what: 'a drainTimeout that is NaN',
      options: { drainTimeout: NaN },
      message: 'The drainTimeout of gate "jobs" is',
    },
  ])('C62: $what is refused at once', ({ options, message }) => {
    expect(() => inFlight('jobs', options)).toThrow(message);
  });

  it('C62: run() refuses a value that is no function with a TypeError, at once', () => {
    const gate = inFlight('jobs');
    const run = gate.run as (...args: unknown[]) => unknown; // as: callers without types
    expect(() => run(5)).toThrow('The function for the gate "jobs" is number');
    expect(() => run(() => 1, { onAbandoned: 5 })).toThrow('The onAbandoned for the gate "jobs" is number');
    expect(gate.status?.()).toBe('0 running, 0 waiting');
  });

  it('C52, C62: its needs and name are checked by use(), as those of any service', () => {
    const reactor = new HandTurnedReactor();
    const other: Service = { name: 'other' };
    expect(() => reactor.use(inFlight('jobs', { needs: [other] }))).toThrow('use it first');
    expect(() => reactor.use(inFlight(''))).toThrow('The name of a service');
  });
});
