import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  removeService,
  resource,
  restartService,
  type BackgroundContext,
} from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

describe('changes of services that overlap', () => {
  it('C58: a background is told to stop at once when its dependant was abandoned in a removal that goes on', async () => {
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

  /**
   * `user` needs `worker`, and `worker` needs `base`. A restart of `base` stops `user`. Meanwhile `worker` fails. Then the restart starts
   * `worker` again. Returns the times of the calls of `worker`; its second call calls `onSecond`.
   */
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

  it('C59: a failed service that another restart has started again is not restarted by its policy', async () => {
    expect(await failInRestart(() => undefined)).toEqual([0, 200]);
  });

  it('C59: a restart that waits for other changes does not cut short the delay of the next failure', async () => {
    // The second call fails while the restart still runs `after startup` of `base`; other changes wait for that.
    expect(
      await failInRestart((fail) => {
        void Promise.resolve().then(() => Promise.resolve().then(fail)); // two microtasks later it has started
      }),
    ).toEqual([0, 200, 500]);
  });
});

describe('a need that ends in the start after a crash', () => {
  it('C58: a service with two needs starts when both are up again', async () => {
    const reactor = new ManualReactor({ onError: () => undefined });
    const said: string[] = [];
    const ends: (() => void)[] = [];
    const worker = reactor.use(
      background('worker', () => {
        said.push('worker');
        return new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    let starts = 0;
    const slow = reactor.use({
      name: 'slow',
      startup: {
        during: () => {
          if (++starts === 1) throw new Error('first');
          return new Promise<void>((resolve) => void reactor.callLater(50, resolve));
        },
      },
    });
    reactor.use({ name: 'user', needs: [worker, slow], startup: { during: () => void said.push('user') } });
    reactor.run().catch(() => undefined); // the start fails, so the background is told to stop
    await reactor.advanceAsync(0);
    reactor.crash();
    const started = reactor.start();
    ends[0]?.();
    await reactor.advanceAsync(50);
    await started;
    await reactor.advanceAsync(0);
    expect(said).toEqual(['worker', 'worker', 'user']);
    reactor.stop().catch(() => undefined);
    ends[1]?.();
    await reactor.finish();
  });
});
describe('a background that waits for the end of its last call', () => {
  it('C58, C60: is not called after a need has failed in the start of the reactor; the restart of that need calls it', async () => {
    const reactor = new ManualReactor({ onError: () => undefined });
    const said: string[] = [];
    let fail = (): void => undefined;
    const ends: (() => void)[] = [];
    const first = background(
      'first',
      () => {
        said.push('first');
        return new Promise((_resolve, reject) => {
          fail = () => {
            reject(new Error('lost'));
          };
        });
      },
      { onFailure: 'ignore' },
    );
    const worker = background(
      'worker',
      ({ ready }) => {
        said.push('worker');
        if (ends.length > 0) ready();
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      { needs: [first], manualReady: true },
    );
    reactor.use(first);
    reactor.use(worker);
    reactor.use({ name: 'user', needs: [worker], startup: { during: () => void said.push('user') } });
    void reactor.run();
    await reactor.advanceAsync(0);
    reactor.crash();
    const started = reactor.start();
    fail();
    await reactor.advanceAsync(0);
    ends[0]?.();
    await started;
    await reactor.advanceAsync(0);
    expect(said).toEqual(['first', 'worker']);
    await restartService(reactor, first);
    expect(said).toEqual(['first', 'worker', 'first', 'worker', 'user']);
    reactor.escalate();
    await reactor.finish();
  });

  it('C58, C60: is not called after a need has failed in its addition; the restart of that need calls it', async () => {
    const reactor = new ManualReactor({ onError: () => undefined });
    const said: string[] = [];
    const ends: (() => void)[] = [];
    const lost: (() => void)[] = [];
    const first = resource(
      'first',
      ({ lost: report }) => {
        said.push('first');
        lost.push(() => {
          report(new Error('lost'));
        });
      },
      undefined,
      { onFailure: 'ignore' },
    );
    reactor.use(first);
    const worker = background(
      'worker',
      () => {
        said.push('worker');
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      { needs: [first], timeout: { stop: 10 } },
    );
    await reactor.start();
    await addService(reactor, worker);
    const removed = removeService(reactor, worker);
    removed.catch(() => undefined);
    await reactor.advanceAsync(10); // the background has not ended
    const added = addService(reactor, worker);
    await reactor.advanceAsync(0);
    lost[0]?.();
    ends[0]?.();
    await reactor.advanceAsync(0);
    expect(said).toEqual(['first', 'worker']);
    await restartService(reactor, first);
    await added;
    expect(said).toEqual(['first', 'worker', 'first', 'worker']);
    reactor.escalate();
    await reactor.finish();
  });
});

describe('an escalation in a service that starts in `before shutdown`', () => {
  it.each([
    { when: 'its only phase', startup: {} },
    { when: 'its second phase', startup: { before: () => undefined } },
    { when: 'a phase that has waited for another one', startup: { before: () => Promise.resolve() } },
  ])('C32, C63: an added service that calls escalate() in $when is stopped', async ({ startup }) => {
    const reactor = new ManualReactor();
    const said: string[] = [];
    reactor.once('shutdown', { before: () => new Promise(() => undefined) });
    await reactor.start();
    const run = reactor.stop();
    reactor.advance(0);
    const added = addService(reactor, {
      name: 'late',
      startup: {
        ...startup,
        during: () => {
          said.push('start');
          reactor.escalate();
        },
      },
      shutdown: { during: () => void said.push('stop') },
    });
    added.catch(() => undefined);
    await reactor.advanceAsync(0);
    expect(said).toEqual(['start', 'stop']);
    expect((await run).shutdown?.escalated).toBe(true);
  });
});
