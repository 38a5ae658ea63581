import { describe, expect, it } from '@jest/globals';
import { background, sleep, type StopReason } from '@triphase/core';
import { crashing, runUnderPolicy } from './crash-policies.ts';
import { causes, create, EXACT, notingService, untilStopped } from './service-bench.ts';

describe('a background that fails is called again', () => {
  it('C59: a background that fails is called again after delay * factor ** (n - 1), until the fifth failure stops the program', async () => {
    const { times, errors, lines, result } = await runUnderPolicy(crashing, { restart: { jitter: 0 } }, 60_000);
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

  it('C59: maxDelay is the longest delay, and giveUpAfter: Infinity restarts without end', async () => {
    const restart = { delay: 100, factor: 10, maxDelay: 500, jitter: 0, giveUpAfter: Infinity };
    const { times, errors, lines, state } = await runUnderPolicy(crashing, { restart }, 3_000);
    expect(times).toEqual([0, 100, 600, 1_100, 1_600, 2_100, 2_600]);
    expect([state, errors, lines[2]]).toEqual([
      'running',
      [],
      'Service "worker" failed: no 3; restarting in 0.5 s (4)',
    ]);
  });

  it('C59: jitter comes from the random numbers of the reactor', async () => {
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

  it('C59: with debug the log line is followed by the stack', async () => {
    const { reactor, lines } = create({ debug: true });
    reactor.use(background('worker', crashing([]), { restart: EXACT }));
    await reactor.start();
    await reactor.advanceAsync(0);
    await reactor.finish();
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/^Service "worker" failed: no 1; restarting in 0\.1 s \(2 of 5\)\nError: no 1\n +at /);
  });

  it('C59: the status of a background says when it is restarted, and pending() lists the restart', async () => {
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

  it('C59: stop() in a delay cancels the restart and leaves no call', async () => {
    const { reactor, errors } = create();
    const times: number[] = [];
    reactor.use(background('worker', crashing(times), { restart: EXACT }));
    reactor.on('shutdown', { during: () => sleep(reactor, 1_000) });
    await reactor.start();
    await reactor.advanceAsync(50);
    const result = await reactor.finish();
    expect([times, result.errors, errors, result.left]).toEqual([[0], [], [], { queued: 0, timed: 0 }]);
  });

  it('C59: crash() in a delay cancels the restart, and the next run calls the background', async () => {
    const { reactor } = create();
    const times: number[] = [];
    reactor.use(
      background('worker', (context) => (times.length > 0 ? untilStopped(context) : crashing(times)(context)), {
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

  it('C59: only the service that failed is restarted; the services that need it go on', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const times: number[] = [];
    const db = reactor.use(notingService(log, 'db'));
    const worker = background('worker', crashing(times), {
      needs: [db],
      restart: { ...EXACT, giveUpAfter: 3 },
      onFailure: 'ignore',
    });
    reactor.use(worker);
    reactor.use(notingService(log, 'server', [worker]));
    await reactor.start();
    await reactor.advanceAsync(1_000);
    expect([times.length, log]).toEqual([3, ['db starts', 'server starts']]);
    await reactor.finish();
  });

  it('C59: with dependants: true the services that need it are stopped and started with it, in order', async () => {
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
    const server = reactor.use(notingService(log, 'server', [worker]));
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

  it('C58: pending work of a background that fails is waited for before the background is called again', async () => {
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
});
