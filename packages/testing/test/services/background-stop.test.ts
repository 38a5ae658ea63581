import { describe, expect, it } from '@jest/globals';
import {
  background,
  ReactorStoppedError,
  removeService,
  sleep,
  TriggerTimeoutError,
  type BackgroundContext,
  type Service,
  type StopReason,
} from '@triphase/core';
import type { ManualReactor } from '@triphase/testing';
import { causes, create, noting, untilTold } from './service-bench.ts';

const noop = (): void => undefined;

/** An error as `fetch` rejects with, of another realm. */
function abortError(): unknown {
  return { name: 'AbortError', message: 'aborted' };
}

/** A service that takes `ms` of the clock to stop. */
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

describe('a body that is told to stop', () => {
  it('C58: where a service needs it, it is told once that has stopped', async () => {
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

  it.each<{ readonly name: string; readonly errorOf: (reason: StopReason) => unknown }>([
    { name: 'the reason of the stop', errorOf: (reason) => reason },
    { name: 'an error whose cause is that reason', errorOf: (reason) => new Error('wrapped', { cause: reason }) },
    { name: 'an AbortError', errorOf: abortError },
    { name: 'ReactorStoppedError', errorOf: () => new ReactorStoppedError('over') },
  ])('C58: once stopping has begun a rejection with $name is no failure', async ({ errorOf }) => {
    for (const isNeeded of [false, true]) {
      const { reactor, errors } = create();
      const log: string[] = [];
      const worker = background('worker', async (context) => {
        if (isNeeded) {
          // Stopping has begun, and it is not told yet.
          await new Promise<void>((resolve) => {
            reactor.signal.addEventListener('abort', () => {
              resolve();
            });
          });
          expect(context.signal.aborted).toBe(false);
        } else await context.stopped;
        throw errorOf(reactor.signal.reason as StopReason);
      });
      reactor.use(worker);
      if (isNeeded) reactor.use(slowToStop(reactor, log, [worker]));
      await reactor.start();
      const result = await reactor.finish({ kind: 'mine' });
      expect([causes(result), errors]).toEqual([[], []]);
    }
  });

  it('C58: another error is in the result, once, and reported once', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const db = reactor.use(noting(log, 'db'));
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

  it('C58: so is the error of a body that fails between the stop and during shutdown', async () => {
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

  it('C58: a body that hangs is cut at the limit, and named', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 1_000 } } });
    const log: string[] = [];
    const db = reactor.use(noting(log, 'db'));
    reactor.use(
      background(
        'worker',
        ({ signal, cut }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => log.push(`told at ${String(reactor.now())}`));
            cut.addEventListener('abort', () => log.push(`cut at ${String(reactor.now())}`));
          }),
        { needs: [db] },
      ),
    );
    await reactor.start();
    const result = await reactor.finish();
    expect(log).toEqual(['db starts', 'told at 0', 'db before', 'cut at 1000', 'db stops']);
    expect(errors).toEqual([expect.any(TriggerTimeoutError)]);
    expect(result.shutdown?.abandoned).toMatchObject([{ kind: 'service', name: 'worker' }]);
  });

  it('C58: its own timeout cuts it, too', async () => {
    const { reactor } = create();
    let cutAt = NaN;
    reactor.use(
      background(
        'worker',
        ({ cut }) =>
          new Promise(() => {
            cut.addEventListener('abort', () => {
              cutAt = reactor.now();
            });
          }),
        { timeout: 200 },
      ),
    );
    await reactor.start();
    await reactor.finish();
    expect(cutAt).toBe(200);
  });

  it('C58: a body that ends because it is cut leaves no second error', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 1_000 } } });
    reactor.use(
      background('worker', async ({ cut }) => {
        await new Promise((_, reject) => {
          cut.addEventListener('abort', () => {
            reject(cut.reason as Error);
          });
        });
      }),
    );
    reactor.on('shutdown', { after: () => sleep(reactor, 10) });
    await reactor.start();
    await reactor.finish();
    expect(errors.length).toBe(1);
  });

  it('C58: the error of a body that was cut is in the result, too', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 1_000 } } });
    reactor.use(
      background('worker', async () => {
        await sleep(reactor, 1_005);
        throw new Error('too late');
      }),
    );
    reactor.on('shutdown', { after: () => sleep(reactor, 10) });
    await reactor.start();
    const result = await reactor.finish();
    expect(errors).toEqual([expect.any(TriggerTimeoutError), new Error('too late')]);
    expect(causes(result)).toContainEqual(new Error('too late'));
  });

  it('C58: a body that has ended is left at once: an escalation in the same moment does not count it as abandoned', async () => {
    const { reactor } = create();
    let end = noop;
    reactor.use(
      background(
        'worker',
        () =>
          new Promise<void>((resolve) => {
            end = resolve;
          }),
      ),
    );
    reactor.on('shutdown', { during: () => new Promise(noop) }, { name: 'hangs' });
    await reactor.start();
    void reactor.stop();
    reactor.advance(0);
    expect(reactor.pending().map(({ name }) => name)).toEqual(['worker', 'hangs']);
    end();
    await Promise.resolve(); // one microtask: the reaction to its promise
    reactor.escalate();
    const result = await reactor.finish();
    expect(result.shutdown?.abandoned).toMatchObject([{ name: 'hangs' }]);
  });

  it('C58: escalation cuts it', async () => {
    const { reactor, errors } = create();
    let context: BackgroundContext | undefined;
    reactor.use(
      background('worker', (given) => {
        context = given;
        return new Promise(noop);
      }),
    );
    await reactor.start();
    reactor.escalate({ kind: 'mine' });
    const result = await reactor.finish();
    expect([context?.signal.reason, context?.cut.reason, errors]).toEqual([{ kind: 'mine' }, { kind: 'mine' }, []]);
    expect(result.shutdown?.abandoned).toMatchObject([{ name: 'worker' }]);
  });

  it('C58: a stop while a body with manualReady gets ready tells it, and an end then is no failure', async () => {
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
    reactor.use(noting(log, 'server', [worker]));
    const ended = reactor.run();
    await reactor.advanceAsync(10);
    const result = await reactor.finish({ kind: 'mine' });
    expect(await ended).toBe(result);
    expect([log, result.errors, errors]).toEqual([['mine'], [], []]);
  });

  it('C58: the status names the work on its clock that its stop waits for', async () => {
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

describe('a body and crashes', () => {
  it('C58: a crash does not tell it: it goes on, and the stop of the next run tells it', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    let calls = 0;
    reactor.use(
      background('worker', async ({ signal, stopped }) => {
        calls++;
        await stopped;
        log.push((signal.reason as StopReason).kind);
      }),
    );
    await reactor.start();
    reactor.crash();
    await reactor.advanceAsync(0);
    expect([log, reactor.state]).toEqual([[], 'idle']);
    await reactor.start();
    await reactor.finish({ kind: 'mine' });
    expect([log, calls, errors]).toEqual([['mine'], 1, []]);
  });

  it('C58: a body that was told by a stop that a crash has cut is called anew by the next run, and told again', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    reactor.use(
      background('worker', async ({ stopped }) => {
        log.push('called');
        await stopped;
        log.push('told');
      }),
    );
    await reactor.start();
    void reactor.stop();
    reactor.crash();
    await reactor.advanceAsync(0);
    expect([log, reactor.state]).toEqual([['called', 'told'], 'idle']);
    await reactor.start();
    await reactor.finish();
    expect([log, errors]).toEqual([['called', 'told', 'called', 'told'], []]);
  });

  it('C58: after a crash while it gets ready it is not called beside itself', async () => {
    const { reactor } = create();
    const log: string[] = [];
    reactor.use(
      background(
        'worker',
        async ({ cut, ready, stopped }) => {
          log.push('called');
          if (log.length > 1) ready();
          await stopped;
          log.push(`told, cut: ${String(cut.aborted)}`);
          await sleep(reactor, 100);
          log.push('ended');
        },
        { manualReady: true },
      ),
    );
    const first = reactor.run();
    reactor.crash();
    await first;
    await reactor.start();
    expect(log).toEqual(['called', 'told, cut: true', 'ended', 'called']);
    await reactor.finish();
    expect(log.slice(4)).toEqual(['told, cut: false', 'ended']);
  });

  it('C58: a body that fails while there is no run is reported, and called anew by the next run', async () => {
    const { reactor, errors } = create();
    let calls = 0;
    reactor.use(
      background('worker', async ({ stopped }) => {
        if (++calls > 1) return stopped;
        await sleep(reactor, 10);
        throw new Error('alone');
      }),
    );
    await reactor.start();
    reactor.crash();
    await reactor.advanceAsync(10);
    expect([errors, reactor.state]).toEqual([[new Error('alone')], 'idle']);
    await reactor.start();
    expect([calls, reactor.state]).toEqual([2, 'running']);
    await reactor.finish();
  });

  it.each([0, 10])(
    'C58: the error of a body that was told by a stop, before a crash cut that, is reported (ms: %s)',
    async (ms) => {
      const { reactor, errors } = create();
      const log: string[] = [];
      reactor.use(
        background('worker', async ({ stopped }) => {
          log.push('called');
          if (log.length > 1) return stopped;
          await stopped;
          if (ms > 0) await sleep(reactor, ms);
          throw new Error('told');
        }),
      );
      reactor.on('shutdown', { before: () => new Promise(noop) });
      await reactor.start();
      void reactor.stop();
      await Promise.resolve().then(noop).then(noop);
      reactor.crash();
      await reactor.advanceAsync(ms);
      expect([errors, reactor.state]).toEqual([[new Error('told')], 'idle']);
      await reactor.start();
      expect(log).toEqual(['called', 'called']);
      reactor.escalate();
    },
  );

  it('C58: a body that was told before a crash, and ends in the next run, is called again', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    reactor.use(
      background('worker', async ({ stopped }) => {
        log.push(`called at ${String(reactor.now())}`);
        await stopped;
        await sleep(reactor, 100);
      }),
    );
    await reactor.start();
    void reactor.stop();
    reactor.crash();
    await reactor.start();
    await reactor.advanceAsync(200);
    expect([log, errors, reactor.state]).toEqual([['called at 0', 'called at 100'], [], 'running']);
    await reactor.finish();
  });

  it('C58: a service that starts after one that has failed in an earlier run does not wait for it', async () => {
    const { reactor } = create();
    const log: string[] = [];
    let calls = 0;
    const worker = background(
      'worker',
      (context) => {
        if (++calls === 1) throw new Error('no');
        return untilTold(context);
      },
      { onFailure: 'ignore' },
    );
    reactor.use(worker);
    await reactor.start();
    reactor.crash();
    reactor.use({ name: 'server', needs: [worker], startup: { before: () => log.push('server') } });
    await reactor.start();
    expect([log, calls]).toEqual([['server'], 2]);
    await reactor.finish();
  });

  it('C31, C58: a body that a removal has told, which a crash cut, is called again when it ends in the next run', async () => {
    const { reactor } = create();
    let calls = 0;
    const worker = background('worker', async ({ stopped }) => {
      calls++;
      await stopped;
      await sleep(reactor, 100);
    });
    reactor.use(worker);
    await reactor.start();
    removeService(reactor, worker).catch(noop);
    reactor.crash();
    await reactor.start();
    await reactor.advanceAsync(100);
    expect([calls, reactor.state]).toEqual([2, 'running']);
    await reactor.finish();
  });

  it('C58: a stop does not tell a body while a service that needs it starts', async () => {
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

  it('C29, C58: a body that ends as it is told in a start that failed starts nobody that needs it', async () => {
    const { reactor } = create();
    const log: string[] = [];
    // A thenable that calls back at once, when the signal aborts.
    const quick = ({ signal }: BackgroundContext): PromiseLike<void> =>
      ({
        then: (ended: () => void) => {
          signal.addEventListener('abort', ended);
        },
      }) as PromiseLike<void>; // as: core calls it with functions
    const first = reactor.use(background('first', quick, { manualReady: true }));
    reactor.use(noting(log, 'second', [first]));
    reactor.run().catch(noop);
    await reactor.advanceAsync(10);
    await reactor.finish();
    expect(log).toEqual([]);
  });

  it('C58: an error of a body whose start is abandoned as it fails is reported once', async () => {
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
