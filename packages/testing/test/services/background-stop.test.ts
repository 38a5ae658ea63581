import { describe, expect, it } from '@jest/globals';
import {
  background,
  type BackgroundContext,
  ReactorStoppedError,
  type Service,
  sleep,
  type StopReason,
} from '@triphase/core';
import type { ManualReactor } from '@triphase/testing';
import { causes, create, noop, notingService } from './service-bench.ts';

/** A service that takes 50 ms to stop. */
function slowToStop(reactor: ManualReactor, log: string[], needs: readonly Service[]): Service {
  return {
    name: 'server',
    needs,
    startup: { during: noop },
    shutdown: {
      during: async () => {
        await sleep(reactor, 50);
        log.push('server has stopped');
      },
    },
  };
}

/** An AbortError of another realm: not an instance of our Error. */
function abortError(): unknown {
  return { name: 'AbortError', message: 'aborted' };
}

describe('a background that is told to stop', () => {
  it('C58: a background that a service needs is told to stop after that service has stopped', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const worker = background('worker', async ({ stopped }) => {
      await stopped;
      log.push(`told at ${String(reactor.now())}`);
    });
    reactor.use(worker);
    reactor.use(slowToStop(reactor, log, [worker]));
    await reactor.start();
    await reactor.finish();
    expect(log).toEqual(['server has stopped', 'told at 50']);
  });

  const harmlessErrors: readonly { readonly name: string; readonly errorOf: (reason: StopReason) => unknown }[] = [
    { name: 'the reason of the stop', errorOf: (reason) => reason },
    { name: 'an error whose cause is that reason', errorOf: (reason) => new Error('wrapped', { cause: reason }) },
    { name: 'an AbortError', errorOf: abortError },
    { name: 'ReactorStoppedError', errorOf: () => new ReactorStoppedError('over') },
  ];

  it.each(harmlessErrors)(
    'C58: a background that rejects with $name after it was told to stop has not failed',
    async ({ errorOf }) => {
      const { reactor, errors } = create();
      reactor.use(
        background('worker', async ({ stopped }) => {
          await stopped;
          throw errorOf(reactor.signal.reason as StopReason);
        }),
      );
      await reactor.start();
      const result = await reactor.finish({ kind: 'mine' });
      expect([causes(result), errors]).toEqual([[], []]);
    },
  );

  it.each(harmlessErrors)(
    'C58: a background that rejects with $name once stopping has begun, and before it is told to stop, has not failed',
    async ({ errorOf }) => {
      const { reactor, errors } = create();
      const worker = background('worker', async (context) => {
        await new Promise<void>((resolve) => {
          reactor.signal.addEventListener('abort', () => {
            resolve();
          });
        });
        expect(context.signal.aborted).toBe(false);
        throw errorOf(reactor.signal.reason as StopReason);
      });
      reactor.use(worker);
      reactor.use(slowToStop(reactor, [], [worker]));
      await reactor.start();
      const result = await reactor.finish({ kind: 'mine' });
      expect([causes(result), errors]).toEqual([[], []]);
    },
  );

  it('C58: any other error of a background while stopping is reported once, and is in the result once', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    reactor.use(
      background(
        'worker',
        async ({ stopped }) => {
          await stopped;
          await sleep(reactor, 10);
          throw new Error('flush failed');
        },
        { needs: [db], restart: true },
      ),
    );
    await reactor.start();
    const result = await reactor.finish();
    expect([causes(result), errors, result.reason]).toEqual([
      [new Error('flush failed')],
      [new Error('flush failed')],
      { kind: 'stop' },
    ]);
    expect(result.errors[0]).toMatchObject({ trigger: 'worker', phase: 'during' });
    expect(log.at(-1)).toBe('db stops');
  });

  it('C58: an error of a background between stop() and during shutdown is reported once, and is in the result once', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('worker', async ({ stopped }) => {
        await stopped;
        throw new Error('at once');
      }),
    );
    reactor.on('shutdown', { before: () => sleep(reactor, 10) });
    await reactor.start();
    const result = await reactor.finish();
    expect([causes(result), errors]).toEqual([[new Error('at once')], [new Error('at once')]]);
  });

  it('C58: stop() tells a background that is not ready yet to stop, and its end is no failure', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const worker = reactor.use(
      background(
        'worker',
        async ({ signal, stopped }) => {
          await stopped;
          log.push((signal.reason as StopReason).kind);
        },
        { manualReady: true },
      ),
    );
    reactor.use(notingService(log, 'server', [worker]));
    const ended = reactor.run();
    await reactor.advanceAsync(10);
    const result = await reactor.finish({ kind: 'mine' });
    expect(await ended).toBe(result);
    expect([log, result.errors, errors]).toEqual([['mine'], [], []]);
  });

  it('C58: while a background stops its status names the work on its clock that is pending', async () => {
    const { reactor } = create();
    reactor.use(
      background('worker', async ({ clock, stopped }) => {
        clock.waitUntil?.(sleep(reactor, 10), { name: 'transfer' });
        clock.waitUntil?.(sleep(reactor, 10));
        await stopped;
      }),
    );
    await reactor.start();
    expect(reactor.describe()).toContain('worker: started');
    expect(reactor.describe()).not.toContain('transfer');
    void reactor.stop();
    await reactor.advanceAsync(5);
    expect(reactor.pending()).toMatchObject([
      { name: 'sleep' },
      { name: 'sleep' },
      { name: 'worker', status: 'finishing transfer, waitUntil' },
    ]);
    await reactor.finish();
  });
});

describe('a background that is told to stop while a start goes on', () => {
  it('C58: stop() does not tell a background to stop while a service that needs it is starting', async () => {
    const { reactor } = create();
    let isTold: boolean | undefined;
    const worker = reactor.use(
      background('worker', async ({ signal, stopped }) => {
        signal.addEventListener('abort', () => {
          isTold = true;
        });
        await stopped;
      }),
    );
    const heard: unknown[] = [];
    const start = async (): Promise<void> => {
      await sleep(reactor, 100);
      heard.push(isTold);
    };
    reactor.use({ name: 'server', needs: [worker], startup: { during: start } });
    reactor.run().catch(noop);
    await reactor.advanceAsync(50);
    await reactor.finish();
    expect([heard, isTold, reactor.state]).toEqual([[undefined], true, 'stopped']);
  });

  it('C29, C58: a background that ends when a stop interrupts its start does not let its dependants start', async () => {
    const { reactor } = create();
    const log: string[] = [];
    // A thenable that resolves inside the abort event.
    const quick = ({ signal }: BackgroundContext): PromiseLike<void> =>
      ({
        then: (ended: () => void) => {
          signal.addEventListener('abort', ended);
        },
      }) as PromiseLike<void>; // as: core calls it with functions
    const first = reactor.use(background('first', quick, { manualReady: true }));
    reactor.use(notingService(log, 'second', [first]));
    reactor.run().catch(noop);
    await reactor.advanceAsync(10);
    await reactor.finish();
    expect(log).toEqual([]);
  });

  it('C58: a background that fails in the moment in which its start is abandoned is reported once', async () => {
    const { reactor, errors } = create({ limits: { startup: { during: 100 } } });
    const error = new Error('no');
    const failing = ({ signal }: BackgroundContext): PromiseLike<void> =>
      ({
        then: (_ended: () => void, failed: (reason: unknown) => void) => {
          signal.addEventListener('abort', () => {
            failed(error);
          });
        },
      }) as PromiseLike<void>; // as: core calls it with functions
    reactor.use(background('worker', failing, { manualReady: true }));
    reactor.run().catch(noop);
    await reactor.advanceAsync(10);
    reactor.escalate();
    await reactor.advanceAsync(10);
    expect([errors, reactor.state]).toEqual([[error], 'stopped']);
  });
});
