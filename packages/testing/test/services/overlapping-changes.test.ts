import { describe, expect, it } from '@jest/globals';
import { background, removeService, restartService, type BackgroundContext } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

describe('changes of services that overlap', () => {
  it('C58: a body is told as stopping begins, although the stop of what needs it was abandoned in a removal that goes on', async () => {
    const reactor = new ManualReactor({ onError: () => undefined, limits: { shutdown: { during: 100 } } });
    let worker: BackgroundContext | undefined;
    const base = reactor.use({
      name: 'base',
      startup: {},
      shutdown: { after: () => new Promise<void>((resolve) => void reactor.callLater(50, resolve)) },
    });
    const body = background('worker', (context) => {
      worker = context;
      return context.stopped;
    });
    reactor.use(body);
    reactor.use({
      name: 'user',
      needs: [base, body],
      startup: { during: () => undefined },
      shutdown: { during: () => new Promise(() => undefined) },
    });
    await reactor.start();
    removeService(reactor, base).catch(() => undefined);
    await reactor.advanceAsync(100);
    expect(reactor.pending().map(({ name }) => name)).toContain('base');
    reactor.stop().catch(() => undefined);
    expect(worker?.signal.aborted).toBe(true);
    await reactor.finish();
  });

  /** A worker whose body fails while another restart stops what needs it; that restart starts the worker again. */
  async function failInRestart(onSecond: (fail: () => void) => void): Promise<readonly number[]> {
    const reactor = new ManualReactor({ logger: { info: () => 0, warn: () => 0, error: () => 0 } });
    const calls: number[] = [];
    let fail = (): void => undefined;
    const later = (): Promise<void> => new Promise((resolve) => void reactor.callLater(100, resolve));
    const base = reactor.use({ name: 'base', startup: { after: later } });
    const worker = background(
      'worker',
      ({ stopped }) => {
        calls.push(reactor.now());
        return Promise.race([
          stopped,
          new Promise((_resolve, reject) => {
            fail = () => {
              reject(new Error('lost'));
            };
            if (calls.length === 2) onSecond(fail);
          }),
        ]);
      },
      { needs: [base], restart: { delay: 10, factor: 30, jitter: 0 } },
    );
    reactor.use(worker);
    reactor.use({ name: 'user', needs: [worker], startup: { during: () => 0 }, shutdown: { during: later } });
    const started = reactor.start();
    await reactor.advanceAsync(100);
    await started;
    const restarted = restartService(reactor, base);
    await reactor.advanceAsync(50);
    fail();
    await reactor.advanceAsync(1_000);
    await restarted.catch(() => undefined);
    const stopped = reactor.finish();
    await reactor.advanceAsync(1_000);
    await stopped;
    return calls;
  }

  it('C59: a service that another restart has started again is not restarted by its policy, too', async () => {
    expect(await failInRestart(() => undefined)).toEqual([0, 200]);
  });

  it('C59: a restart that waits for other changes does not cut short the delay of the next failure', async () => {
    // The second call fails while `base` starts, which holds back other changes.
    expect(
      await failInRestart((fail) => {
        void Promise.resolve().then(() => Promise.resolve().then(fail)); // it has started by then
      }),
    ).toEqual([0, 200, 500]);
  });
});
