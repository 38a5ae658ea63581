import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { every } from '@triphase/core';
import { whenSettled } from '../src/ground/thenable.ts';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

/** A promise of another realm that rejects, as a test runner's sandbox has them from `node:fs/promises`. */
function foreignRejection(message: string): Promise<unknown> {
  return runInNewContext('Promise.reject(new Error(message))', { message }) as Promise<unknown>;
}

describe('thenables', () => {
  it('C36: a promise of another realm that rejects is reported once, under the name of its call', async () => {
    const heard: string[] = [];
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', hear);
    const reactor = new HandTurnedReactor({
      onError: (error, { kind, name }) => heard.push(`${kind} ${name}: ${(error as Error).message}`),
    });
    expect(foreignRejection('of another realm').catch(() => undefined)).not.toBeInstanceOf(Promise);
    reactor.callSoon(function queued() {
      return foreignRejection('one');
    });
    reactor.callLater(0, () => foreignRejection('two'), { name: 'timed' });
    reactor.callWhenRunning(function running() {
      return foreignRejection('three');
    });
    const loop = every(reactor, 5, () => foreignRejection('four'), { name: 'repeated' });
    void reactor.run();
    reactor.pump();
    reactor.advance(5);
    await settled();
    loop.stop();
    reactor.advance(5);
    void reactor.stop();
    reactor.pump();
    await settled();
    process.off('unhandledRejection', hear);
    expect(heard.sort()).toEqual([
      'call queued: one',
      'timed-call timed: two',
      'trigger running: three',
      'work repeated: four',
    ]);
    expect(unhandled).toEqual([]);
  });

  it('C13: whenSettled() is undefined for what is no thenable, and a `then` that throws is a rejection', async () => {
    const heard: unknown[] = [];
    const isThenable = (value: unknown): boolean =>
      whenSettled(
        value,
        () => heard.push('fulfilled'),
        (error) => heard.push(error),
      ) !== undefined;
    const values = [undefined, null, 5, 'text', { then: 5 }, () => undefined, Symbol('then')];
    expect(values.map(isThenable)).toEqual(values.map(() => false));
    const failing = [
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new RangeError('read');
        },
      }),
      {
        then: () => {
          throw new RangeError('called');
        },
      },
      Object.assign(() => undefined, { then: (fulfil: () => void) => fulfil() }),
    ];
    expect(failing.map(isThenable)).toEqual([true, true, true]);
    await Promise.resolve().then(() => undefined);
    expect(heard.map(String).sort()).toEqual(['RangeError: called', 'RangeError: read', 'fulfilled']);
  });
});
