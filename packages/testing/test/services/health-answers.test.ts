import { describe, expect, it } from '@jest/globals';
import { health, type Service } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';
import { first, never, running, startup } from './health-bench.ts';

describe('the answers of health() of a service', () => {
  it.each<{ readonly name: string; readonly answer: () => unknown; readonly expected: object }>([
    { name: 'up', answer: () => 'up', expected: { health: 'up', detail: undefined } },
    { name: 'down', answer: () => 'down', expected: { health: 'down', detail: undefined } },
    {
      name: 'an object with a detail',
      answer: () => ({ status: 'up', detail: 'lag 2 s' }),
      expected: { health: 'up', detail: 'lag 2 s' },
    },
    { name: 'a promise of up', answer: () => Promise.resolve('up'), expected: { health: 'up' } },
    {
      name: 'a promise of an object with a detail',
      answer: () => Promise.resolve({ status: 'down', detail: 5 }),
      expected: { health: 'down', detail: '5' },
    },
    {
      name: 'a thrown error',
      answer: () => {
        throw new Error('no connection');
      },
      expected: { health: 'down', detail: 'no connection' },
    },
    {
      name: 'a rejection',
      answer: () => Promise.reject(new Error('no connection')),
      expected: { health: 'down', detail: 'no connection' },
    },
    {
      name: 'undefined',
      answer: () => undefined,
      expected: { health: 'down', detail: expect.stringContaining('another answer') },
    },
    { name: 'another string', answer: () => 'ok', expected: { health: 'down' } },
    { name: 'a promise of null', answer: () => Promise.resolve(null), expected: { health: 'down' } },
    {
      name: 'an object without a detail',
      answer: () => ({ status: 'down' }),
      expected: { health: 'down', detail: undefined },
    },
    {
      name: 'an object whose status throws when read',
      answer: () => ({
        get status(): string {
          throw new Error('no status for you');
        },
      }),
      expected: { health: 'down', detail: 'no status for you' },
    },
  ])('C61: an answer that is $name', async ({ answer, expected }) => {
    const app = await running({ health: answer as () => 'up' });
    expect(first(await health(app))).toMatchObject(expected);
    expect((await health(app)).ready).toBe(true); // affectsReadiness is not set
    expect(app.getDelayedCalls()).toEqual([]);
    await app.finish();
  });

  it('C61: health() of a service is called as its method', async () => {
    class Db implements Service {
      readonly name = 'db';
      readonly startup = startup;
      #state = 'up' as const;
      health(): 'up' {
        return this.#state;
      }
    }
    const app = new ManualReactor();
    app.use(new Db());
    await app.start();
    expect(first(await health(app))?.health).toBe('up');
    await app.finish();
  });

  it('C61: an answer that takes more than a second on the clock of the reactor is down, and is not asked for again until it settles', async () => {
    let calls = 0;
    let answer = (_: 'up'): void => undefined;
    const app = await running({
      health: () => {
        calls++;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    let isOver = false;
    const asked = health(app).finally(() => {
      isOver = true;
    });
    await app.advanceAsync(999);
    expect(isOver).toBe(false);
    await app.advanceAsync(1);
    expect(first(await asked)).toMatchObject({ health: 'down', detail: 'no answer within 1000 ms' });
    await app.advanceAsync(5_000);
    expect(first(await health(app))?.health).toBe('down');
    expect(calls).toBe(1);
    answer('up');
    await app.advanceAsync(0);
    const again = health(app);
    answer('up');
    expect(first(await again)?.health).toBe('up');
    expect(calls).toBe(2);
    await app.finish();
  });

  it('C61: an answer is used for one second', async () => {
    let calls = 0;
    const app = await running({ health: () => Promise.resolve(++calls % 2 === 1 ? 'up' : 'down') });
    const both = await Promise.all([health(app), health(app)]);
    expect(both.map((found) => first(found)?.health)).toEqual(['up', 'up']);
    app.advance(999);
    expect(first(await health(app))?.health).toBe('up');
    expect(calls).toBe(1);
    app.advance(1);
    expect(first(await health(app))?.health).toBe('down');
    expect(calls).toBe(2);
    await app.finish();
  });

  it('C61: a service whose health() asks for the health of the whole program is down at the time limit', async () => {
    let calls = 0;
    const app: ManualReactor = await running({
      health: async () => {
        calls++;
        return (await health(app)).services[0]?.health ?? 'down';
      },
    });
    const asked = health(app);
    await app.advanceAsync(1_000);
    expect(first(await asked)).toMatchObject({ health: 'down', detail: 'no answer within 1000 ms' });
    expect(calls).toBe(1);
    await app.finish();
  });

  it('C61: the end of the run ends the wait for an answer', async () => {
    const app = await running({ health: never });
    const asked = health(app);
    await app.finish();
    expect(first(await asked)).toMatchObject({
      state: 'stopped',
      health: 'down',
      detail: 'the run has ended before its answer',
    });
  });
});
