import { describe, expect, it } from '@jest/globals';
import { background, sleep } from '@triphase/core';
import { crashing, runUnderPolicy } from './crash-policies.ts';
import { causes, create, EXACT, notingService } from './service-bench.ts';

describe('a background that ends by itself', () => {
  it('C58, C59: onEnd: restart counts an end as a failure, with the default delays', async () => {
    const { times, errors, lines, result } = await runUnderPolicy(
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

  it('C58: with onEnd: restart alone an end is followed by the default delays, and a failure stops the program', async () => {
    const { times, result } = await runUnderPolicy(
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

  it('C58: a background that ends by itself stops the program, also with onFailure: ignore', async () => {
    const { result } = await runUnderPolicy(
      () =>
        ({ clock }) =>
          sleep(clock, 10),
      { onFailure: 'ignore' },
      1_000,
    );
    expect(result.reason).toEqual({ kind: 'service-ended', service: 'worker' });
  });

  it('C59: a background that ends before it is ready, in a restart, counts as a failed start', async () => {
    const { times, lines, state } = await runUnderPolicy(
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

  it('C58: the option restart alone does not restart a background that ends', async () => {
    const { times, result } = await runUnderPolicy(
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
});

describe('a background that ends or fails while the reactor starts', () => {
  it.each([{}, { restart: EXACT }, { onEnd: 'restart' as const, restart: EXACT }])(
    'C58: a failure while the reactor starts fails the start and is not restarted (options: %j)',
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

  /** Starts a reactor with a background that ends after `ms` of a start that takes 100 ms, and a service that needs it. */
  function startWithShortBackground(onEnd: 'stop' | 'restart' | 'ignore', ms: number) {
    const { reactor } = create();
    const log: string[] = [];
    const worker = background('worker', ({ clock }) => (ms === 0 ? undefined : sleep(clock, ms)), { onEnd });
    reactor.use(worker);
    reactor.use(notingService(log, 'server', [worker]));
    reactor.on('startup', { during: () => sleep(reactor, 100) });
    return { reactor, log, started: reactor.start() };
  }

  it.each([
    { onEnd: 'stop', ms: 0 },
    { onEnd: 'stop', ms: 10 },
    { onEnd: 'restart', ms: 0 },
    { onEnd: 'restart', ms: 10 },
  ] as const)(
    'C58: with onEnd: $onEnd a background that ends after $ms ms of the start fails the start',
    async ({ onEnd, ms }) => {
      const { started } = startWithShortBackground(onEnd, ms);
      await expect(started).rejects.toMatchObject({
        result: { reason: { kind: 'startup-failed', cause: { code: 'ERR_TRIPHASE_SERVICE_ENDED' } } },
      });
    },
  );

  it.each([0, 10])(
    'C58: with onEnd: ignore a background that ends after %s ms of the start counts as started',
    async (ms) => {
      const { reactor, log, started } = startWithShortBackground('ignore', ms);
      await started;
      expect([reactor.state, log]).toEqual(['running', ['server starts']]);
      expect(reactor.describe()).toContain('worker: started (ended)');
      await reactor.finish();
    },
  );

  it.each([0, 10])(
    'C58: with onFailure: ignore the start goes on after a failure after %s ms, and the services that need it wait',
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
      if (ms === 0) reactor.use(notingService(log, 'server', [worker]));
      reactor.use(notingService(log, 'other'));
      reactor.on('startup', { during: () => sleep(reactor, 100) });
      await reactor.start();
      await reactor.advanceAsync(1_000);
      expect([reactor.state, log, errors.length]).toEqual(['running', ['other starts'], 1]);
      expect(reactor.describe()).toContain('worker: failed');
      const result = await reactor.finish();
      expect([causes(result).length, log]).toEqual([1, ['other starts', 'other before', 'other stops']]);
    },
  );
});
