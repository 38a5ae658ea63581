import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  resource,
  restartService,
  sleep,
  type BackgroundContext,
  type BackgroundOptions,
  type RestartOptions,
  type Service,
  type StopReason,
} from '@triphase/core';
import { causes, create, noting, untilTold } from './service-bench.ts';

const EXACT = { delay: 100, jitter: 0 } satisfies RestartOptions;

/** A body that notes when it is called, lasts `ms`, then fails. */
function crashing(times: number[], ms = 0): (context: BackgroundContext) => Promise<never> {
  return async ({ clock, attempt }) => {
    times.push(clock.now());
    await sleep(clock, ms);
    throw new Error(`no ${String(attempt)}`);
  };
}

/** Runs one body under a policy for `ms` of virtual time. */
async function storm(
  body: (times: number[]) => (context: BackgroundContext) => unknown,
  options: BackgroundOptions,
  ms: number,
) {
  const { reactor, errors, lines } = create();
  const times: number[] = [];
  reactor.use(background('worker', body(times), options));
  await reactor.start();
  await reactor.advanceAsync(ms);
  const { state } = reactor;
  const result = await reactor.finish();
  return { times, errors, lines, state, result };
}

describe('restarts', () => {
  it('C59: a body that fails is called again after delay * factor ** (n - 1), and given up at the fifth failure', async () => {
    const { times, errors, lines, result } = await storm(crashing, { restart: { jitter: 0 } }, 60_000);
    expect(times).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
    expect(lines).toEqual([
      'Service "worker" failed: no 1; restarting in 1.0 s (2 of 5)',
      'Service "worker" failed: no 2; restarting in 2.0 s (3 of 5)',
      'Service "worker" failed: no 3; restarting in 4.0 s (4 of 5)',
      'Service "worker" failed: no 4; restarting in 8.0 s (5 of 5)',
    ]);
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'worker', cause: new Error('no 5') });
    expect([errors, causes(result)]).toEqual([[new Error('no 5')], [new Error('no 5')]]);
  });

  it('C59: maxDelay bounds the delay, and Infinity never gives up', async () => {
    const restart = { delay: 100, factor: 10, maxDelay: 500, jitter: 0, giveUpAfter: Infinity };
    const { times, errors, lines, state } = await storm(crashing, { restart }, 3_000);
    expect(times).toEqual([0, 100, 600, 1_100, 1_600, 2_100, 2_600]);
    expect([state, errors, lines[2]]).toEqual([
      'running',
      [],
      'Service "worker" failed: no 3; restarting in 0.5 s (4)',
    ]);
  });

  it('C59: jitter is taken from the random numbers of the clock', async () => {
    const { reactor } = create();
    const numbers = [0, 0.999, 0.25, 0.5];
    let taken = 0;
    Object.assign(reactor, { random: () => numbers[taken++] ?? NaN });
    const times: number[] = [];
    reactor.use(background('worker', crashing(times), { restart: true }));
    await reactor.start();
    await reactor.advanceAsync(60_000);
    await reactor.finish();
    const expected = [0];
    numbers.forEach((random, index) => {
      expected.push((expected.at(-1) ?? NaN) + 1_000 * 2 ** index * (1 + 0.2 * (2 * random - 1)));
    });
    expect(taken).toBe(4);
    expect(times.length).toBe(5);
    times.forEach((time, index) => {
      expect(time).toBeCloseTo(expected[index] ?? NaN, 6);
    });
  });

  it('C59: the count starts anew once it has been ready for healthyAfter', async () => {
    const lasts = [10, 10, 5_000, 10, 10, 10];
    const { times, lines, result } = await storm(
      (called) => async (context) => {
        await crashing(called, lasts[called.length])(context);
      },
      { restart: { ...EXACT, giveUpAfter: 3, healthyAfter: 5_000 } },
      60_000,
    );
    // Each lasts as long as said, then fails; after the third the count is 1 again.
    expect(times).toEqual([0, 110, 320, 5_420, 5_630]);
    expect(lines.map((line) => /\(.*\)/.exec(line)?.[0])).toEqual(['(2 of 3)', '(3 of 3)', '(2 of 3)', '(3 of 3)']);
    expect(result.reason.kind).toBe('service-failed');
  });

  it('C59: a millisecond less than healthyAfter is not enough', async () => {
    const lasts = [10, 10, 4_999, 10];
    const { times } = await storm(
      (called) => async (context) => {
        await crashing(called, lasts[called.length])(context);
      },
      { restart: { ...EXACT, giveUpAfter: 3, healthyAfter: 5_000 } },
      60_000,
    );
    expect(times).toEqual([0, 110, 320]);
  });

  it('C59: with manualReady the time counts from ready(), and a failure before it counts as one', async () => {
    const { times, lines } = await storm(
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
    // The first was healthy: 1. The second never was: 2. The third was: 1 again.
    expect(times).toEqual([0, 1_100, 2_300, 3_400, 4_500]);
    expect(lines.map((line) => /\(.*\)/.exec(line)?.[0])).toEqual(['(2 of 3)', '(3 of 3)', '(2 of 3)', '(2 of 3)']);
  });

  it('C59: giveUpAfter: 1 gives up at the first failure', async () => {
    const { times, lines, errors } = await storm(crashing, { restart: { ...EXACT, giveUpAfter: 1 } }, 1_000);
    expect([times, lines, errors]).toEqual([[0], [], [new Error('no 1')]]);
  });

  it('C59: a failure of a start in a restart counts, and is reported by its log line alone', async () => {
    const { times, errors, lines, result } = await storm(
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

  it('C58, C59: onEnd: restart counts an end as a failure, with the default delays', async () => {
    const { times, errors, lines, result } = await storm(
      (called) =>
        async ({ clock }) => {
          called.push(clock.now());
          await sleep(clock, 10);
        },
      { onEnd: 'restart', restart: { ...EXACT, giveUpAfter: 3 } },
      10_000,
    );
    expect(times).toEqual([0, 110, 320]);
    expect(lines).toEqual([
      'Service "worker" ended; restarting in 0.1 s (2 of 3)',
      'Service "worker" ended; restarting in 0.2 s (3 of 3)',
    ]);
    expect(result.reason).toEqual({ kind: 'service-ended', service: 'worker' });
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_TRIPHASE_SERVICE_ENDED' })]);
  });

  it('C58: onEnd: restart needs no restart: a failure stops the program, an end has the default delays', async () => {
    const { times, result } = await storm(
      (called) => async (context) => {
        if (called.length === 2) await crashing(called)(context);
        called.push(context.clock.now());
        await sleep(context.clock, 10);
      },
      { onEnd: 'restart' },
      60_000,
    );
    expect(times.length).toBe(3);
    expect(times[1]).toBeGreaterThanOrEqual(810);
    expect(result.reason.kind).toBe('service-failed');
  });

  it('C58: a body that ends by itself stops the program also with onFailure: ignore', async () => {
    const { result } = await storm(
      () =>
        ({ clock }) =>
          sleep(clock, 10),
      { onFailure: 'ignore' },
      1_000,
    );
    expect(result.reason).toEqual({ kind: 'service-ended', service: 'worker' });
  });

  it('C59: a body that ends before it is ready, in a restart, has failed to start', async () => {
    const { times, lines, state } = await storm(
      (called) =>
        async ({ clock, ready, stopped }) => {
          called.push(clock.now());
          if (called.length === 2) return undefined;
          ready();
          if (called.length > 2) return stopped;
          await sleep(clock, 10);
          throw new Error('no');
        },
      { manualReady: true, restart: EXACT },
      1_000,
    );
    expect([times, state]).toEqual([[0, 110, 310], 'running']);
    expect(lines[1]).toBe('Service "worker" ended; restarting in 0.2 s (3 of 5)');
  });

  it('C58: restart alone does not restart a body that ends', async () => {
    const { times, result } = await storm(
      (called) =>
        async ({ clock }) => {
          called.push(clock.now());
          await sleep(clock, 10);
        },
      { restart: EXACT },
      1_000,
    );
    expect([times, result.reason.kind]).toEqual([[0], 'service-ended']);
  });

  it('C59: with onFailure: ignore the program goes on after the last failure, which is in the result', async () => {
    const { times, errors, state, result } = await storm(
      crashing,
      { restart: { ...EXACT, giveUpAfter: 3 }, onFailure: 'ignore' },
      10_000,
    );
    expect([times, errors, state]).toEqual([[0, 100, 300], [new Error('no 3')], 'running']);
    expect([causes(result), result.reason.kind]).toEqual([[new Error('no 3')], 'stop']);
  });

  it('C58: with onFailure: ignore and no restart the first failure is the last', async () => {
    const { times, errors, state } = await storm(crashing, { onFailure: 'ignore' }, 10_000);
    expect([times, errors, state]).toEqual([[0], [new Error('no 1')], 'running']);
  });

  it('C59: with debug the log line is followed by the stack', async () => {
    const { reactor, lines } = create({ debug: true });
    reactor.use(background('worker', crashing([]), { restart: EXACT }));
    await reactor.start();
    await reactor.advanceAsync(0);
    await reactor.finish();
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/^Service "worker" failed: no 1; restarting in 0\.1 s \(2 of 5\)\nError: no 1\n +at /);
  });

  it('C59: its status says when it is restarted, and pending() names the restart', async () => {
    const { reactor } = create();
    reactor.use(background('worker', crashing([], 10), { restart: { jitter: 0 } }));
    await reactor.start();
    await reactor.advanceAsync(10);
    expect(reactor.describe()).toContain('(restarting in 1.0 s (2 of 5))');
    expect(reactor.pending()).toMatchObject([{ kind: 'timed-call', name: 'restart of worker' }]);
    await reactor.advanceAsync(300);
    expect(reactor.describe()).toContain('(restarting in 0.7 s (2 of 5))');
    await reactor.advanceAsync(700);
    expect(reactor.describe()).toContain('worker: started');
    expect(reactor.describe()).not.toContain('restarting');
    await reactor.finish();
  });

  it('C59: a stop in a delay ends it: nothing is restarted, and nothing is left', async () => {
    const { reactor, errors } = create();
    const times: number[] = [];
    reactor.use(background('worker', crashing(times), { restart: EXACT }));
    reactor.on('shutdown', { during: () => sleep(reactor, 1_000) });
    await reactor.start();
    await reactor.advanceAsync(50);
    const result = await reactor.finish();
    expect([times, result.errors, errors, result.left]).toEqual([[0], [], [], { queued: 0, timed: 0 }]);
  });

  it('C59: a crash in a delay ends it too, and the next run calls the body', async () => {
    const { reactor } = create();
    const times: number[] = [];
    reactor.use(
      background('worker', (context) => (times.length > 0 ? untilTold(context) : crashing(times)(context)), {
        restart: EXACT,
      }),
    );
    await reactor.start();
    await reactor.advanceAsync(50);
    reactor.crash();
    await reactor.advanceAsync(500);
    expect(reactor.getDelayedCalls()).toEqual([]);
    await reactor.start();
    expect(reactor.describe()).toContain('worker: started');
    await reactor.finish();
  });

  it('C59: only the service itself is restarted, those that need it go on', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const times: number[] = [];
    const db = reactor.use(noting(log, 'db'));
    const worker = background('worker', crashing(times), {
      needs: [db],
      restart: { ...EXACT, giveUpAfter: 3 },
      onFailure: 'ignore',
    });
    reactor.use(worker);
    reactor.use(noting(log, 'server', [worker]));
    await reactor.start();
    await reactor.advanceAsync(1_000);
    expect([times.length, log]).toEqual([3, ['db starts', 'server starts']]);
    await reactor.finish();
  });

  it('C59: with dependants those that need it are stopped and started with it, in order', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const reasons: StopReason[] = [];
    const worker = background(
      'worker',
      async (context) => {
        log.push('worker starts');
        if (context.attempt === 1) {
          await sleep(context.clock, 10);
          throw new Error('no');
        }
        await context.stopped;
      },
      { restart: { ...EXACT, dependants: true } },
    );
    reactor.use(worker);
    const server = reactor.use(noting(log, 'server', [worker]));
    reactor.use(
      background(
        'client',
        async ({ signal, stopped }) => {
          log.push('client starts');
          await stopped;
          reasons.push(signal.reason as StopReason);
          log.push('client ends');
        },
        { needs: [server] },
      ),
    );
    await reactor.start();
    log.length = 0;
    await reactor.advanceAsync(200);
    expect(log).toEqual([
      'server before',
      'client ends',
      'server stops',
      'worker starts',
      'server starts',
      'client starts',
    ]);
    expect(reasons).toEqual([{ kind: 'restart', service: 'worker' }]);
    await reactor.finish();
  });

  it('C58: work on its clock that is under way when it fails is awaited before it is called again', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    reactor.use(
      background(
        'worker',
        async ({ clock, attempt, stopped }) => {
          log.push(`called ${String(attempt)} at ${String(clock.now())}`);
          if (attempt > 1) return stopped;
          clock.waitUntil?.(
            sleep(reactor, 500).then(() => log.push('work is done')),
            { name: 'transfer' },
          );
          await sleep(clock, 10);
          throw new Error('no');
        },
        { restart: EXACT },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(1_000);
    expect([log, errors]).toEqual([['called 1 at 0', 'work is done', 'called 2 at 500'], []]);
    await reactor.finish();
  });

  it.each([{}, { restart: EXACT }, { onEnd: 'restart' as const, restart: EXACT }])(
    'C58: a failure while the reactor starts is a failed start, never a restart (options: %j)',
    async (options) => {
      const { reactor, errors, lines } = create();
      reactor.use(background('worker', crashing([], 10), options));
      reactor.on('startup', { during: () => sleep(reactor, 100) });
      await expect(reactor.start()).rejects.toMatchObject({
        result: { reason: { kind: 'startup-failed', cause: new Error('no 1') } },
      });
      expect([errors, lines]).toEqual([[new Error('no 1')], []]);
    },
  );

  it.each([
    { onEnd: 'stop', isStarted: false },
    { onEnd: 'restart', isStarted: false },
    { onEnd: 'ignore', isStarted: true },
  ] as const)(
    'C58: so is an end, but with onEnd: ignore it counts as started ($onEnd)',
    async ({ onEnd, isStarted }) => {
      for (const ms of [0, 10]) {
        const { reactor } = create();
        const log: string[] = [];
        const worker = background('worker', ({ clock }) => (ms === 0 ? undefined : sleep(clock, ms)), { onEnd });
        reactor.use(worker);
        reactor.use(noting(log, 'server', [worker]));
        reactor.on('startup', { during: () => sleep(reactor, 100) });
        const started = reactor.start();
        if (isStarted) {
          await started;
          expect([reactor.state, log]).toEqual(['running', ['server starts']]);
          expect(reactor.describe()).toContain('worker: started (ended)');
          await reactor.finish();
        } else
          await expect(started).rejects.toMatchObject({
            result: { reason: { kind: 'startup-failed', cause: { code: 'ERR_TRIPHASE_SERVICE_ENDED' } } },
          });
      }
    },
  );

  it.each([0, 10])(
    'C58: with onFailure: ignore a failed start goes on without the service, and those that need it wait (ms: %s)',
    async (ms) => {
      const { reactor, errors } = create();
      const log: string[] = [];
      const worker = background(
        'worker',
        (context) => {
          if (ms === 0) throw new Error('no');
          return crashing([], ms)(context);
        },
        { onFailure: 'ignore', restart: EXACT },
      );
      reactor.use(worker);
      if (ms === 0) reactor.use(noting(log, 'server', [worker]));
      reactor.use(noting(log, 'other'));
      reactor.on('startup', { during: () => sleep(reactor, 100) });
      await reactor.start();
      await reactor.advanceAsync(1_000);
      expect([reactor.state, log, errors.length]).toEqual(['running', ['other starts'], 1]);
      expect(reactor.describe()).toContain('worker: failed');
      const result = await reactor.finish();
      expect([causes(result).length, log]).toEqual([1, ['other starts', 'other before', 'other stops']]);
    },
  );

  it('C59, C60: a resource that is lost while it is restarted is restarted once', async () => {
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

  it('C59, C60: a delay that ends while the service is restarted with others restarts it no second time', async () => {
    const { reactor } = create();
    const times: number[] = [];
    const noted = (context: BackgroundContext): Promise<void> => {
      times.push(context.clock.now());
      return untilTold(context);
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

  it('C31, C72: a resource whose restart a crash has cut is opened by the next run, and who needs it starts', async () => {
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

it('C58, C59: ready() of a body whose start was abandoned takes no restart back', async () => {
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
              ready(); // in the delay of the restart
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
