import { describe, expect, it } from '@jest/globals';
import { sleep } from '@triphase/core';
import { EXACT } from './service-bench.ts';
import { crashing, runUnderPolicy } from './crash-policies.ts';
import { causes } from './service-bench.ts';

describe('failures in a row', () => {
  it('C59: after healthyAfter failures are counted from one again', async () => {
    const lasts = [10, 10, 5_000, 10, 10, 10];
    const { times, lines, result } = await runUnderPolicy(
      (called) => async (context) => {
        await crashing(called, lasts[called.length])(context);
      },
      { restart: { ...EXACT, giveUpAfter: 3, healthyAfter: 5_000 } },
      60_000,
    );
    // The third call lasts for healthyAfter, so its failure counts as the first.
    expect(times).toEqual([0, 110, 320, 5_420, 5_630]);
    expect(lines.map((line) => /\(.*\)/.exec(line)?.[0])).toEqual(['(2 of 3)', '(3 of 3)', '(2 of 3)', '(3 of 3)']);
    expect(result.reason.kind).toBe('service-failed');
  });

  it('C59: a failure one millisecond before healthyAfter does not reset the count', async () => {
    const lasts = [10, 10, 4_999, 10];
    const { times } = await runUnderPolicy(
      (called) => async (context) => {
        await crashing(called, lasts[called.length])(context);
      },
      { restart: { ...EXACT, giveUpAfter: 3, healthyAfter: 5_000 } },
      60_000,
    );
    expect(times).toEqual([0, 110, 320]);
  });

  it('C59: with manualReady healthyAfter counts from ready(), and a failure before ready() counts', async () => {
    const { times, lines } = await runUnderPolicy(
      (called) =>
        async ({ clock, ready }) => {
          called.push(clock.now());
          if (called.length !== 2) ready();
          await sleep(clock, 1_000);
          throw new Error('no');
        },
      { manualReady: true, restart: { ...EXACT, giveUpAfter: 3, healthyAfter: 900 } },
      5_000,
    );
    // Failure 1 comes after healthyAfter: count 1. Failure 2 comes before ready(): count 2. Failure 3 comes after healthyAfter: count 1.
    expect(times).toEqual([0, 1_100, 2_300, 3_400, 4_500]);
    expect(lines.map((line) => /\(.*\)/.exec(line)?.[0])).toEqual(['(2 of 3)', '(3 of 3)', '(2 of 3)', '(2 of 3)']);
  });

  it('C59: giveUpAfter: 1 stops the program at the first failure', async () => {
    const { times, lines, errors } = await runUnderPolicy(crashing, { restart: { ...EXACT, giveUpAfter: 1 } }, 1_000);
    expect([times, lines, errors]).toEqual([[0], [], [new Error('no 1')]]);
  });

  it('C59: a failed start in a restart counts as a failure, and is only logged', async () => {
    const { times, errors, lines, result } = await runUnderPolicy(
      (called) => (context) => {
        called.push(context.clock.now());
        if (called.length > 1) throw new Error(`start ${String(context.attempt)}`);
        return crashing([])(context);
      },
      { restart: { ...EXACT, giveUpAfter: 4 } },
      10_000,
    );
    expect(times).toEqual([0, 100, 300, 700]);
    expect(lines).toEqual([
      'Service "worker" failed: no 1; restarting in 0.1 s (2 of 4)',
      'Service "worker" failed: start 2; restarting in 0.2 s (3 of 4)',
      'Service "worker" failed: start 3; restarting in 0.4 s (4 of 4)',
    ]);
    expect([errors, causes(result)]).toEqual([[new Error('start 4')], [new Error('start 4')]]);
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'worker', cause: new Error('start 4') });
  });

  it('C59: with onFailure: ignore the program goes on after the last failure, whose error is in the result', async () => {
    const { times, errors, state, result } = await runUnderPolicy(
      crashing,
      { restart: { ...EXACT, giveUpAfter: 3 }, onFailure: 'ignore' },
      10_000,
    );
    expect([times, errors, state]).toEqual([[0, 100, 300], [new Error('no 3')], 'running']);
    expect([causes(result), result.reason.kind]).toEqual([[new Error('no 3')], 'stop']);
  });

  it('C58: with onFailure: ignore and no restart the first failure is final, and the program goes on', async () => {
    const { times, errors, state } = await runUnderPolicy(crashing, { onFailure: 'ignore' }, 10_000);
    expect([times, errors, state]).toEqual([[0], [new Error('no 1')], 'running']);
  });
});
