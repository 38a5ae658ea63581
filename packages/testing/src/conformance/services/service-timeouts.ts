import type { Limits, Service } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { recordErrors } from '../error-record.ts';
import type { Kit } from '../kit.ts';
import { startFully } from '../running.ts';
import { codeOf, rejectionOf, thrownBy } from '../thrown.ts';
import { atLeast } from '../time.ts';

/** The option `timeout` of services. C66 */
export function serviceTimeouts(kit: Kit): void {
  const { expect } = kit;
  const hang = (): Promise<void> => deferred().promise;

  for (const timeout of [20, { stop: 20 }]) {
    kit.it(
      'C66',
      `a service that exceeds timeout ${JSON.stringify(timeout)} when stopping is reported and abandoned`,
      async () => {
        const record = recordErrors();
        const reactor = kit.create(record);
        reactor.use({ name: 'db', timeout, shutdown: { during: hang } });
        await startFully(reactor);
        const { shutdown } = await reactor.stop();
        expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
        expect(shutdown?.abandoned.map(({ name, age }) => [name, atLeast(age, 20)])).toEqual([['db', true]]);
      },
    );
  }

  for (const timeout of [20, { start: 20 }]) {
    kit.it('C66', `a service that exceeds timeout ${JSON.stringify(timeout)} when starting fails`, async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      reactor.use({ name: 'db', timeout, startup: { during: hang } });
      await rejectionOf(reactor.run());
      expect(record.errors.map(codeOf)).toEqual(['ERR_TRIPHASE_TRIGGER_TIMEOUT']);
    });
  }

  kit.it('C66', 'a timeout longer than the limit around it throws a RangeError with both numbers', () => {
    const reactor = kit.create({ limits: { shutdown: { during: 1_000, deadline: 3_000 } } });
    const use = (stop: number, phase: 'during' | 'after') => (): unknown => {
      const service: Service = { name: 'db', timeout: { stop }, shutdown: { [phase]: () => undefined } };
      return reactor.use(service);
    };
    for (const { stop, phase, limit } of [
      { stop: 1_001, phase: 'during', limit: 1_000 },
      { stop: 3_001, phase: 'after', limit: 3_000 },
    ] as const) {
      const error = thrownBy(use(stop, phase)) as Error; // as: the next line checks it
      expect([error instanceof RangeError, numbersIn(error.message)]).toEqual([true, [String(stop), String(limit)]]);
    }
    use(1_000, 'during')();
    const limits: Limits = { during: 2_000, deadline: 1_000 };
    expect(() => kit.create({ limits: { shutdown: limits } })).toThrow(RangeError);
  });

  kit.it('C66', 'a timeout that is one number, or Infinity, may be longer than the limits around it', () => {
    const reactor = kit.create({ limits: { shutdown: { during: 1_000 } } });
    for (const timeout of [5_000, { stop: Infinity }]) {
      reactor.use({ name: 'db', timeout, shutdown: { during: () => undefined } });
    }
    expect(reactor.state).toBe('idle');
  });
}

/** The numbers in a message, the largest first. `1,001` counts as one number. */
function numbersIn(message: string): string[] {
  const numbers = message.replace(/(\d)[\s,_\u202f](?=\d{3})/g, '$1').match(/\d+/g) ?? [];
  return [...numbers].sort((one, other) => Number(other) - Number(one));
}
