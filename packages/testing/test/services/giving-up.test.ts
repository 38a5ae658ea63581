import { describe, expect, it } from '@jest/globals';
import { background, resource, sleep, type RestartOptions } from '@triphase/core';
import { causes, create } from './service-bench.ts';

const TWICE = { delay: 100, jitter: 0, giveUpAfter: 2 } satisfies RestartOptions;

describe('a service', () => {
  it('C59, C72: whose last open in a restart fails, with onFailure: ignore, leaves the program running', async () => {
    const { reactor, errors } = create();
    let opened = 0;
    let lost: (error: unknown) => void = () => undefined;
    const db = reactor.use(
      resource(
        'db',
        (context) => {
          lost = (error) => {
            context.lost(error);
          };
          if (++opened > 1) throw new Error('refused');
        },
        undefined,
        { restart: TWICE, onFailure: 'ignore' },
      ),
    );
    await reactor.start();
    lost(new Error('gone'));
    await reactor.advanceAsync(1_000);
    expect([opened, reactor.state, db.status?.()]).toEqual([2, 'running', undefined]);
    const result = await reactor.finish();
    expect(result.reason).toEqual({ kind: 'stop' });
    expect([causes(result), errors]).toEqual([[new Error('refused')], [new Error('refused')]]);
  });

  it('C58, C59: that has ended giveUpAfter times, with onEnd: restart and onFailure: ignore, leaves the program running', async () => {
    const { reactor } = create();
    let calls = 0;
    reactor.use(
      background(
        'worker',
        async ({ clock }) => {
          calls++;
          await sleep(clock, 10);
        },
        { restart: TWICE, onEnd: 'restart', onFailure: 'ignore' },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(1_000);
    expect([calls, reactor.state]).toEqual([2, 'running']);
    const result = await reactor.finish();
    expect(result.reason).toEqual({ kind: 'stop' });
    expect(causes(result)).toEqual([expect.objectContaining({ code: 'ERR_TRIPHASE_SERVICE_ENDED' })]);
  });

  it('C59: has no status about a restart while the reactor stops', async () => {
    const { reactor } = create();
    const worker = reactor.use(
      background('worker', ({ clock }) => sleep(clock, 10).then(() => Promise.reject(new Error('no'))), {
        restart: TWICE,
      }),
    );
    reactor.on('shutdown', { before: () => sleep(reactor, 50) });
    await reactor.start();
    await reactor.advanceAsync(10);
    expect(worker.status?.()).toBe('restarting in 0.1 s (2 of 2)');
    void reactor.stop();
    expect(worker.status?.()).toBeUndefined();
    await reactor.finish();
  });
});
