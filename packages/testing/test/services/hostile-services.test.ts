import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';

import {
  addService,
  background,
  inFlight,
  removeService,
  resource,
  restartService,
  sleep,
  type BackgroundContext,
  type ReactorBase,
  type Service,
} from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

/** A reactor, and what was reported and logged. */
function watched(): { reactor: ManualReactor; reported: unknown[]; logged: string[] } {
  const reported: unknown[] = [];
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
  };
  const reactor = new ManualReactor({
    onError: (error) => {
      reported.push(error);
    },
    logger: { info: log, warn: log, error: log },
  });
  return { reactor, reported, logged };
}

/** A background service that lasts until it is told to stop, or made to fail. */
function failing(): { service: Service; calls: BackgroundContext[]; fail: (error: unknown) => void } {
  const calls: BackgroundContext[] = [];
  let reject: (error: unknown) => void = () => undefined;
  const body = (context: BackgroundContext): Promise<void> => {
    calls.push(context);
    return new Promise((resolve, rejectBody) => {
      reject = rejectBody;
      void context.stopped.then(resolve);
    });
  };
  const service = background('worker', body, { restart: { delay: 1_000, jitter: 0 } });
  const fail = (error: unknown): void => {
    reject(error);
  };
  return { service, calls, fail };
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : typeof error),
  );
}

describe('restarts that come between', () => {
  it('C59: a service that somebody restarts during its delay is not restarted again', async () => {
    const { reactor } = watched();
    const { service, calls, fail } = failing();
    reactor.use(service);
    await reactor.start();
    fail(new Error('lost'));
    await reactor.advanceAsync(100);
    const restarted = restartService(reactor, service);
    await reactor.advanceAsync(5_000);
    await restarted;
    expect(calls).toHaveLength(2);
    await reactor.finish();
  });

  it('C59: nor is one that fails while those that need it are stopped for its restart', async () => {
    const { reactor } = watched();
    const { service, calls, fail } = failing();
    reactor.use(service);
    reactor.use({ name: 'web', needs: [service], shutdown: { during: () => sleep(reactor, 100) } });
    await reactor.start();
    const restarted = restartService(reactor, service);
    await reactor.advanceAsync(10);
    fail(new Error('lost'));
    await reactor.advanceAsync(5_000);
    await restarted;
    expect(calls).toHaveLength(2);
    await reactor.finish();
  });

  it('C59: nor one that is removed and added again during its delay', async () => {
    const { reactor } = watched();
    const { service, calls, fail } = failing();
    reactor.use(service);
    await reactor.start();
    fail(new Error('lost'));
    await reactor.advanceAsync(100);
    const removed = removeService(reactor, service);
    const added = addService(reactor, service);
    await reactor.advanceAsync(5_000);
    await removed;
    await added;
    expect(calls).toHaveLength(2);
    await reactor.finish();
  });
});

describe('hostile values', () => {
  it('C58: a body that rejects with undefined is reported, and its failure is in the result', async () => {
    const { reactor, reported } = watched();
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
    expect(reported).toEqual([undefined]);
    expect(result.errors).toHaveLength(1);
  });

  it('C72: so is a resource that is lost with undefined', async () => {
    const { reactor, reported } = watched();
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
    expect(reported).toEqual([undefined]);
    expect(result.errors).toHaveLength(1);
  });

  it('C60: a stop that cuts a restart ends, also when the start rejects with an error that cannot be read', async () => {
    const { reactor, reported } = watched();
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
    expect(reported).toEqual([hostile]);
  });

  it('C57: work that rejects with such an error under a stop has failed with it', async () => {
    const { reactor, reported } = watched();
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
    expect(reported).toEqual([hostile]);
  });

  it.each([
    { name: 'addService', change: addService, error: 'TypeError' },
    { name: 'removeService', change: removeService, error: 'ServiceGraphError' },
    { name: 'restartService', change: restartService, error: 'ServiceGraphError' },
  ] as const)('C63: $name rejects for what is no service, and does not throw', async ({ change, error }) => {
    const { reactor } = watched();
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
  });
});

describe('a body that outlives its service', () => {
  it('C63: an addition that has outlived its limit is added again once its body has ended (C58)', async () => {
    const { reactor } = watched();
    await reactor.start();
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const body = async ({ ready, attempt }: BackgroundContext): Promise<void> => {
      most = Math.max(most, ++running);
      if (ends.length > 0) ready();
      expect(attempt).toBeGreaterThan(0);
      await new Promise<void>((resolve) => {
        ends.push(resolve);
      });
      running--;
    };
    const worker = background('worker', body, { manualReady: true, timeout: { start: 100 } });
    const first = outcome(addService(reactor, worker));
    await reactor.advanceAsync(200);
    expect(await first).toBe('TriggerTimeoutError');
    const second = outcome(addService(reactor, worker));
    await reactor.advanceAsync(10);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await reactor.advanceAsync(10);
    expect(await second).toBe('done');
    expect([ends.length, most]).toEqual([2, 1]);
    ends[1]?.();
    reactor.crash();
  });
});

describe('gates and reasons of a stop', () => {
  it('C62: a stop with the reason of a restart refuses what waits, and what comes later', async () => {
    const { reactor } = watched();
    const gate = reactor.use(inFlight('jobs', { concurrency: 1 }));
    await reactor.start();
    let end: () => void = () => undefined;
    void gate.run(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const waiting = outcome(gate.run(() => 1));
    void reactor.stop({ kind: 'restart' });
    await reactor.advanceAsync(1);
    const late = outcome(gate.run(() => 2));
    expect(gate.status?.()).toBe('1 running, 0 waiting');
    end();
    await reactor.finish();
    expect([await waiting, await late]).toEqual(['ReactorStoppingError', 'ReactorStoppingError']);
  });

  it('C62: a gate that has not started refuses what waits, also when the reason of the stop is called crash', async () => {
    const { reactor } = watched();
    let open: () => void = () => undefined;
    const db = reactor.use(
      resource(
        'db',
        () =>
          new Promise<void>((resolve) => {
            open = resolve;
          }),
      ),
    );
    const gate = reactor.use(inFlight('jobs', { needs: [db] }));
    const waiting = outcome(gate.run(() => 1));
    void reactor.run();
    await reactor.advanceAsync(0);
    void reactor.stop({ kind: 'crash' });
    expect(await waiting).toBe('ReactorStoppingError');
    open();
    await reactor.finish();
  });

  it('C63: a gate that is added again has calls wait until it has started', async () => {
    const { reactor } = watched();
    let slow = Promise.resolve();
    const db = reactor.use(resource('db', () => slow));
    const gate = inFlight('jobs', { needs: [db] });
    await reactor.start();
    const steps = [addService(reactor, gate), removeService(reactor, gate)];
    await reactor.advanceAsync(1);
    await Promise.all(steps);
    expect(await outcome(gate.run(() => 1))).toBe('ReactorStoppingError');
    slow = sleep(reactor, 50);
    const restarted = restartService(reactor, db);
    const added = addService(reactor, gate);
    const call = outcome(gate.run(() => 1));
    await reactor.advanceAsync(100);
    await Promise.all([restarted, added]);
    expect(await call).toBe('done');
    await reactor.finish();
  });

  it('C63: nothing of the run holds a gate that was removed', async () => {
    const { reactor } = watched();
    await reactor.start();
    const before = getEventListeners(reactor.signal, 'abort').length;
    const gate = inFlight('jobs');
    const steps = [addService(reactor, gate), removeService(reactor, gate)];
    await reactor.advanceAsync(1);
    await Promise.all(steps);
    expect(getEventListeners(reactor.signal, 'abort')).toHaveLength(before);
    await reactor.finish();
  });

  it('C62: slots are given in the order of the calls, with many that wait and some that come later', async () => {
    const { reactor } = watched();
    const gate = reactor.use(inFlight('jobs', { concurrency: 3 }));
    const order: number[] = [];
    const count = 2_000;
    const call = (n: number): Promise<unknown> =>
      gate.run(async () => {
        order.push(n);
        if (n % 2 === 0 && n < count) again.push(call(n + count));
        await Promise.resolve();
      });
    const again: Promise<unknown>[] = [];
    const calls = Array.from({ length: count }, (_, n) => call(n));
    await reactor.start();
    await Promise.all(calls);
    await Promise.all(again);
    const evens = Array.from({ length: count / 2 }, (_, n) => 2 * n + count);
    expect(order).toEqual([...Array.from({ length: count }, (_, n) => n), ...evens]);
    await reactor.finish();
  });
});
