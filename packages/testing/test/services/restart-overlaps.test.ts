import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  type BackgroundContext,
  removeService,
  resource,
  restartService,
  type Service,
  sleep,
} from '@triphase/core';
import { crashing } from './crash-policies.ts';
import { create, EXACT, untilStopped } from './service-bench.ts';

/** A background that ends when it is told to stop, or fails when the test calls `fail`. */
function failingBackground(): { service: Service; calls: BackgroundContext[]; fail: (error: unknown) => void } {
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

describe('a restart that overlaps with other changes', () => {
  it('C59, C60: a resource that is lost during its restart is restarted once', async () => {
    const { reactor } = create();
    const log: string[] = [];
    let lost: (error: unknown) => void = () => undefined;
    const db = resource(
      'db',
      (context) => {
        log.push('open');
        lost = context.lost;
      },
      () => log.push('close'),
      { restart: EXACT },
    );
    reactor.use(db);
    reactor.use({
      name: 'server',
      needs: [db],
      startup: { during: () => log.push('server') },
      shutdown: { during: () => sleep(reactor, 50) },
    });
    await reactor.start();
    const restarted = restartService(reactor, db);
    lost(new Error('no connection'));
    await reactor.advanceAsync(50);
    await restarted;
    await reactor.advanceAsync(1_000);
    expect(log).toEqual(['open', 'server', 'close', 'open', 'server']);
    expect(reactor.getDelayedCalls()).toEqual([]);
    await reactor.finish();
  });

  it('C59, C60: a delay that ends during another restart of the service causes no second restart', async () => {
    const { reactor } = create();
    const times: number[] = [];
    const noted = (context: BackgroundContext): Promise<void> => {
      times.push(context.clock.now());
      return untilStopped(context);
    };
    const worker = reactor.use(
      background('worker', (context) => (times.length > 0 ? noted(context) : crashing(times, 10)(context)), {
        restart: EXACT,
      }),
    );
    reactor.use({
      name: 'server',
      needs: [worker],
      startup: { during: () => undefined },
      shutdown: { during: () => sleep(reactor, 200) },
    });
    await reactor.start();
    await reactor.advanceAsync(50);
    restartService(reactor, worker).catch(() => undefined);
    await reactor.advanceAsync(1_000);
    expect(times).toEqual([0, 250]);
    await reactor.finish();
  });

  it('C31, C72: a resource that was being restarted at a crash is opened by the next run, and its dependants start', async () => {
    const { reactor } = create();
    const log: string[] = [];
    let lost: (error: unknown) => void = () => undefined;
    const db = resource(
      'db',
      (context) => {
        log.push('open');
        lost = context.lost;
      },
      undefined,
      { restart: { ...EXACT, dependants: true } },
    );
    reactor.use(db);
    let slow = 200;
    reactor.use({
      name: 'server',
      needs: [db],
      startup: { during: () => log.push('server') },
      shutdown: { during: () => sleep(reactor, slow) },
    });
    await reactor.start();
    lost(new Error('no connection'));
    await reactor.advanceAsync(150);
    reactor.crash();
    slow = 0;
    await reactor.start();
    await reactor.advanceAsync(1_000);
    expect(log.slice(2)).toContain('open');
    const added: Service = { name: 'other', needs: [db], startup: { during: () => log.push('other') } };
    await addService(reactor, added);
    expect(log.at(-1)).toBe('other');
    await reactor.finish();
  });
});

describe('restarts by policy and by hand', () => {
  it('C59: restartService() during a delay replaces the restart by policy', async () => {
    const { reactor } = create();
    const { service, calls, fail } = failingBackground();
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

  it('C59: a service that fails while restartService() stops its dependants is restarted once', async () => {
    const { reactor } = create();
    const { service, calls, fail } = failingBackground();
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

  it('C59: a service that is removed and added again during its delay is started once', async () => {
    const { reactor } = create();
    const { service, calls, fail } = failingBackground();
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

it('C58, C59: ready() of a background whose start was abandoned does not cancel its restart', async () => {
  const { reactor } = create();
  const attempts: number[] = [];
  const worker = reactor.use(
    background(
      'worker',
      ({ attempt, ready, stopped, cut }) => {
        attempts.push(attempt);
        if (attempts.length !== 2) {
          ready();
          return stopped;
        }
        return new Promise<void>((resolve) => {
          cut.addEventListener('abort', () => {
            reactor.callLater(500, () => {
              ready(); // during the delay before the restart
              resolve();
            });
          });
        });
      },
      { manualReady: true, timeout: { start: 100 }, restart: { delay: 1_000, jitter: 0 } },
    ),
  );
  await reactor.start();
  restartService(reactor, worker).catch(() => undefined);
  await reactor.advanceAsync(100);
  await reactor.advanceAsync(1_000);
  expect(attempts).toEqual([1, 1, 2]);
  await reactor.finish();
});
