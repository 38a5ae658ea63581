import { describe, expect, it } from '@jest/globals';
import { background, every, sleep, ticks, type BackgroundContext } from '@triphase/core';
import { causes, create, notingService, untilStopped } from './service-bench.ts';

describe('a background', () => {
  it('C58: a background is called in `during startup`, after its needs have started; its needs stop after it has ended', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    const worker = background(
      'worker',
      async ({ signal, stopped, attempt }) => {
        log.push(`body ${String(attempt)}`);
        await stopped;
        log.push(`told ${(signal.reason as { kind: string }).kind}`);
        await sleep(reactor, 100);
        log.push('ended');
      },
      { needs: [db] },
    );
    reactor.use(worker);
    await reactor.start();
    expect(log).toEqual(['db starts', 'body 1']);
    const result = await reactor.finish();
    expect(log.slice(2)).toEqual(['told stop', 'db before', 'ended', 'db stops']);
    expect([result.errors, errors]).toEqual([[], []]);
  });

  it('C58: a background is told to stop at once when stopping begins, with the reason', async () => {
    const { reactor } = create();
    let context: BackgroundContext | undefined;
    reactor.use(
      background('worker', (given) => {
        context = given;
        return given.stopped;
      }),
    );
    await reactor.start();
    expect(context?.signal.aborted).toBe(false);
    const reason = { kind: 'mine' };
    void reactor.stop(reason);
    expect([context?.signal.aborted, context?.signal.reason === reason, context?.cut.aborted]).toEqual([
      true,
      true,
      false,
    ]);
    await reactor.finish();
    expect(context?.cut.aborted).toBe(false);
  });

  it('C58: a background has started one microtask after its call', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const worker = reactor.use(
      background('worker', (context) => {
        void Promise.resolve().then(() => log.push('a microtask later'));
        return untilStopped(context);
      }),
    );
    reactor.use(notingService(log, 'server', [worker]));
    await reactor.start();
    expect(log).toEqual(['a microtask later', 'server starts']);
    await reactor.finish();
  });

  it.each<{ readonly name: string; readonly body: () => unknown }>([
    {
      name: 'throws',
      body: () => {
        throw new Error('no');
      },
    },

    {
      name: 'rejects before its first await',
      body: async () => {
        throw new Error('no');
      },
    },
  ])('C58: a body that $name has failed to start', async ({ body }) => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const worker = reactor.use(background('worker', body));
    reactor.use(notingService(log, 'server', [worker]));
    await expect(reactor.start()).rejects.toMatchObject({
      result: { reason: { kind: 'startup-failed', cause: new Error('no') } },
    });
    expect([errors, log]).toEqual([[new Error('no')], []]);
  });

  it('C58: with manualReady a background has started when it calls ready()', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const worker = reactor.use(
      background(
        'worker',
        async ({ clock, ready, stopped }) => {
          await sleep(clock, 500);
          log.push('ready');
          ready();
          ready();
          await stopped;
        },
        { manualReady: true },
      ),
    );
    reactor.use(notingService(log, 'server', [worker]));
    await reactor.start();
    expect([log, reactor.now()]).toEqual([['ready', 'server starts'], 500]);
    await reactor.finish();
  });

  it('C58: ready() without manualReady has no effect: a throw after it fails the start', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('worker', ({ ready }) => {
        ready();
        throw new Error('no');
      }),
    );
    await expect(reactor.start()).rejects.toThrow('no');
    expect(errors.length).toBe(1);
  });

  it('C58: ticks() and every() on its clock last until it is told to stop, and the stop waits for a pending run', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    reactor.use(
      background(
        'worker',
        async ({ clock }) => {
          every(clock, 100, async () => {
            log.push('begins');
            await sleep(reactor, 80);
            log.push('ends');
          });
          for await (const { time } of ticks(clock, 150)) log.push(`tick ${String(time)}`);
          log.push('done');
        },
        { needs: [db] },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(210);
    log.length = 0;
    await reactor.finish();
    expect(log).toEqual(['done', 'db before', 'ends', 'db stops']);
    expect(errors).toEqual([]);
  });

  it('C58: work on its clock that fails before the stop is reported; during the stop its error is in the result', async () => {
    const { reactor, errors } = create();
    let clock: BackgroundContext['clock'] | undefined;
    reactor.use(
      background('worker', (context) => {
        clock = context.clock;
        return context.stopped;
      }),
    );
    await reactor.start();
    clock?.waitUntil?.(Promise.reject(new Error('early')));
    await reactor.advanceAsync(0);
    expect(errors).toEqual([new Error('early')]);
    clock?.waitUntil?.(
      sleep(reactor, 10).then(() => Promise.reject(new Error('late'))),
      { name: 'transfer' },
    );
    expect(() => clock?.waitUntil?.(5 as never)).toThrow(TypeError);
    const result = await reactor.finish();
    expect([causes(result), errors.slice(1)]).toEqual([[new Error('late')], [new Error('late')]]);
  });
});

describe('the end of a background', () => {
  it('C58: a background that ends by itself stops the program', async () => {
    const { reactor, errors } = create();
    reactor.use(background('idle', untilStopped));
    reactor.use(background('worker', ({ clock }) => sleep(clock, 1_000)));
    const ended = reactor.run();
    await reactor.advanceAsync(1_000);
    const result = await reactor.finish();
    expect(await ended).toBe(result);
    expect(result.reason).toEqual({ kind: 'service-ended', service: 'worker' });
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_TRIPHASE_SERVICE_ENDED' })]);
  });

  it('C58: a background that fails stops the program, and its error is reported once', async () => {
    const { reactor, errors } = create();
    const error = new Error('connection lost');
    reactor.use(
      background('worker', async ({ clock }) => {
        await sleep(clock, 1_000);
        throw error;
      }),
    );
    await reactor.start();
    await reactor.advanceAsync(1_000);
    const result = await reactor.finish();
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'worker', cause: error });
    expect([causes(result), errors]).toEqual([[error], [error]]);
  });

  it('C58: after a failure its signal aborts and ends its loops', async () => {
    const { reactor } = create();
    let runs = 0;
    reactor.use(
      background(
        'worker',
        async ({ clock }) => {
          every(clock, 10, () => runs++);
          await sleep(clock, 35);
          throw new Error('no');
        },
        { onFailure: 'ignore' },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(100);
    expect(runs).toBe(3);
    await reactor.finish();
  });
});
