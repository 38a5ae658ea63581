import { every } from '@triphase/core';
import { recordErrors } from '../error-record.ts';
import { named } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { range } from '../range.ts';
import { nextTurn, runThrough } from '../running.ts';
import { delay, settle } from '../time.ts';
import { thenable } from '../trigger-results.ts';

/** Calls that throw or reject. C36. */
export function failingCalls(kit: Kit): void {
  const { expect } = kit;

  kit.it('C36', 'a queued call that throws is reported once with its source, and the others run', () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const ran: string[] = [];
    const failure = new Error('no');
    reactor.callSoon(() => ran.push('before'));
    reactor.callSoon(
      named('load', () => {
        throw failure;
      }),
    );
    reactor.callSoon(() => ran.push('after'));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(['before', 'after']);
    expect(record.errors.length).toBe(1);
    expect(record.errors[0]).toBe(failure);
    expect(record.sources.map(({ kind, name }) => ({ kind, name }))).toEqual([{ kind: 'call', name: 'load' }]);
  });

  kit.it('C36', 'a timed call that throws is reported once with its source, and the others run', () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const ran: string[] = [];
    const failure = new Error('no');
    reactor.callLater(0, () => ran.push('before'));
    reactor.callLater(
      0,
      () => {
        throw failure;
      },
      { name: 'refresh' },
    );
    reactor.callLater(0, () => ran.push('after'));
    reactor.iterate();
    reactor.iterate();
    expect(ran).toEqual(['before', 'after']);
    expect(record.errors.length).toBe(1);
    expect(record.errors[0]).toBe(failure);
    expect(record.sources.map(({ kind, name }) => ({ kind, name }))).toEqual([{ kind: 'timed-call', name: 'refresh' }]);
  });

  kit.it('C36', 'any value that a call throws is reported, also undefined', () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    for (const value of [undefined, null, 'text', 0]) {
      reactor.callSoon(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- JavaScript throws anything
        throw value;
      });
    }
    reactor.iterate();
    expect(record.errors).toEqual([undefined, null, 'text', 0]);
  });

  kit.it('C36', 'a run goes on after a call that throws', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const result = await runThrough(reactor, async () => {
      reactor.callSoon(() => {
        throw new Error('no');
      });
      await nextTurn(reactor);
      await delay(reactor, 1);
    });
    expect(record.errors.length).toBe(1);
    expect(result.errors).toEqual([]);
    expect(reactor.stats().errors).toBe(1);
  });

  kit.it('C36', 'a rejected promise that a call returns is reported once, and is no unhandled rejection', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('later');
    reactor.callSoon(() => Promise.reject(failure));
    reactor.callLater(0, async () => {
      await Promise.resolve();
      throw failure;
    });
    reactor.iterate();
    await settle();
    expect(record.errors.length).toBe(2);
    expect(record.errors.every((error) => error === failure)).toBe(true);
    expect(record.sources.map(({ kind }) => kind)).toEqual(['call', 'timed-call']);
  });

  kit.it('C36', 'any thenable that a call returns and that rejects is reported once', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('later');
    const twice = (): PromiseLike<unknown> =>
      thenable((_fulfil, reject) => {
        reject(failure);
        reject(failure);
      });
    await runThrough(reactor, async () => {
      reactor.callSoon(named('queued', () => twice()));
      reactor.callLater(0, () => twice(), { name: 'timed' });
      reactor.callWhenRunning(named('running', () => twice()));
      const repeated = (): PromiseLike<unknown> => {
        loop.stop();
        return twice();
      };
      const loop = every(reactor, 1, repeated, { name: 'repeated' });
      await loop.whenDone();
      await delay(reactor, 1);
    });
    const names = record.sources.map(({ name }) => name).sort();
    expect(names).toEqual(['queued', 'repeated', 'running', 'timed']);
    expect(record.errors.every((error) => error === failure)).toBe(true);
  });

  kit.it('C36', 'when reading or calling `then` throws, that is the error of its call', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = new Error('no');
    const fail = (): never => {
      throw failure;
    };
    reactor.callSoon(() => thenable(fail));
    reactor.callSoon(() => Object.defineProperty({}, 'then', { get: fail }));
    reactor.callLater(0, () => Object.defineProperty({}, 'then', { get: fail }));
    reactor.iterate();
    await settle();
    expect(record.errors.length).toBe(3);
    expect(record.errors.every((error) => error === failure)).toBe(true);
  });

  kit.it('C36', 'the microtasks of a call finish before the next turn', async () => {
    const reactor = kit.create();
    const order: string[] = [];
    const inMicrotasks = async (): Promise<void> => {
      for (const _ of range(30)) await Promise.resolve();
      order.push('microtasks over');
    };
    await runThrough(
      reactor,
      () =>
        new Promise<void>((resolve) => {
          reactor.callSoon(() => {
            void inMicrotasks();
            reactor.callSoon(() => {
              order.push('next turn');
              resolve();
            });
          });
        }),
    );
    expect(order).toEqual(['microtasks over', 'next turn']);
  });
}
