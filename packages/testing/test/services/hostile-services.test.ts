import { describe, expect, it } from '@jest/globals';
import { addService, background, type ReactorBase, removeService, resource, restartService } from '@triphase/core';
import { create, outcome } from './service-bench.ts';

describe('hostile errors and arguments', () => {
  it('C58: a background that rejects with undefined is reported, and its failure is in the result', async () => {
    const { reactor, errors } = create();
    let reject: (error: unknown) => void = () => undefined;
    const body = (): Promise<void> =>
      new Promise((_resolve, rejectBody) => {
        reject = rejectBody;
      });
    reactor.use(background('worker', body));
    await reactor.start();
    reject(undefined);
    await reactor.advanceAsync(1);
    const result = await reactor.finish();
    expect(result.reason).toMatchObject({ kind: 'service-failed', service: 'worker' });
    expect(errors).toEqual([undefined]);
    expect(result.errors).toHaveLength(1);
  });

  it('C72: a resource that is lost with undefined is reported, and its failure is in the result', async () => {
    const { reactor, errors } = create();
    let lose: (error: unknown) => void = () => undefined;
    reactor.use(
      resource('db', ({ lost }) => {
        lose = lost;
      }),
    );
    await reactor.start();
    lose(undefined);
    await reactor.advanceAsync(1);
    const result = await reactor.finish();
    expect(errors).toEqual([undefined]);
    expect(result.errors).toHaveLength(1);
  });

  it('C60: a stop during a restart ends, also when the start rejects with an error whose cause throws when read', async () => {
    const { reactor, errors } = create();
    const hostile = {
      get cause(): unknown {
        throw new Error('no cause for you');
      },
    };
    let opened = 0;
    let reject: (error: unknown) => void = () => undefined;
    const open = (): unknown =>
      opened++ === 0
        ? 'db'
        : new Promise((_resolve, rejectOpen) => {
            reject = rejectOpen;
          });
    const db = reactor.use(resource('db', open));
    await reactor.start();
    const restarted = outcome(restartService(reactor, db));
    await reactor.advanceAsync(0);
    void reactor.stop();
    await reactor.advanceAsync(0);
    reject(hostile);
    await reactor.finish();
    expect(await restarted).toBe('object');
    expect(errors).toEqual([hostile]);
  });

  it('C57: work that rejects during a stop with an error whose cause throws when read is reported', async () => {
    const { reactor, errors } = create();
    const hostile = {
      get cause(): unknown {
        throw new Error('no cause for you');
      },
    };
    let reject: (error: unknown) => void = () => undefined;
    await reactor.start();
    reactor.waitUntil(
      new Promise((_resolve, rejectWork) => {
        reject = rejectWork;
      }),
    );
    void reactor.stop();
    await reactor.advanceAsync(0);
    reject(hostile);
    await reactor.finish();
    expect(errors).toEqual([hostile]);
  });

  it.each([
    { name: 'addService', change: addService, error: 'TypeError' },
    { name: 'removeService', change: removeService, error: 'ServiceGraphError' },
    { name: 'restartService', change: restartService, error: 'ServiceGraphError' },
  ] as const)(
    'C63: $name() with a value that is not a service rejects and does not throw',
    async ({ change, error }) => {
      const { reactor } = create();
      await reactor.start();
      const ask = change as (app: ReactorBase, service: unknown) => Promise<unknown>; // as: callers without types
      for (const given of [null, undefined, 5, 'db', {}]) expect(await outcome(ask(reactor, given))).toBe(error);
      const hostile = {
        get name(): string {
          throw new RangeError('no name for you');
        },
      };
      const expected = change === addService ? 'RangeError' : ['RangeError', 'ServiceGraphError'];
      expect([expected].flat()).toContain(await outcome(ask(reactor, hostile)));
      await reactor.finish();
    },
  );
});
