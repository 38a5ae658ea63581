import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  removeService,
  restartService,
  sleep,
  type BackgroundContext,
  type StopReason,
} from '@triphase/core';
import { causes, create, notingService, untilStopped, EXACT, noop } from './service-bench.ts';

describe('backgrounds that are restarted, added or removed', () => {
  it('C58, C60: a restart tells a background to stop with its reason, waits for it, and calls it again with the same attempt', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const worker = background('worker', async ({ signal, stopped, attempt }) => {
      log.push(`called ${String(attempt)}`);
      await stopped;
      log.push(JSON.stringify(signal.reason));
      await sleep(reactor, 50);
      log.push('ended');
    });
    reactor.use(worker);
    await reactor.start();
    const restarted = restartService(reactor, worker);
    await reactor.advanceAsync(50);
    await restarted;
    expect(log).toEqual(['called 1', '{"kind":"restart","service":"worker"}', 'ended', 'called 1']);
    expect([reactor.state, errors]).toEqual(['running', []]);
    await reactor.finish();
  });

  it('C58, C60: a background that fails while it is restarted is reported, and called again', async () => {
    const { reactor, errors } = create();
    let calls = 0;
    const worker = background('worker', async ({ stopped }) => {
      calls++;
      await stopped;
      if (calls === 1) throw new Error('flush failed');
    });
    reactor.use(worker);
    await reactor.start();
    await restartService(reactor, worker);
    expect([calls, reactor.state, errors]).toEqual([2, 'running', [new Error('flush failed')]]);
    await reactor.finish();
  });

  it('C58, C60: a background that exceeds its limit in a restart is cut, and not called a second time', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 200 } } });
    let calls = 0;
    let context: BackgroundContext | undefined;
    const worker = background(
      'worker',
      (given) => {
        calls++;
        context = given;
        return new Promise(noop);
      },
      { restart: EXACT },
    );
    reactor.use(worker);
    await reactor.start();
    restartService(reactor, worker).catch(noop);
    await reactor.advanceAsync(1_000);
    const result = await reactor.finish();
    expect([calls, context?.cut.aborted, errors.length]).toEqual([1, true, 1]);
    expect(result.reason).toMatchObject({ kind: 'service-failed', service: 'worker' });
  });

  it('C58, C63: addService() starts a background, and removeService() tells it to stop', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    await reactor.start();
    const worker = background('worker', async ({ signal, stopped }) => {
      log.push('called');
      await stopped;
      log.push((signal.reason as StopReason).kind);
    });
    await addService(reactor, worker);
    await removeService(reactor, worker);
    expect([log, errors, reactor.describe()]).toEqual([['called', 'remove'], [], 'ManualReactor: running']);
    await reactor.finish();
  });

  it('C58, C63: addService() of a background that fails to start rejects, and the program goes on, also with restart', async () => {
    const { reactor, errors } = create();
    await reactor.start();
    const worker = background(
      'worker',
      () => {
        throw new Error('no');
      },
      { restart: EXACT },
    );
    await expect(addService(reactor, worker)).rejects.toThrow('no');
    await reactor.advanceAsync(1_000);
    expect([reactor.state, errors]).toEqual(['running', [new Error('no')]]);
    await reactor.finish();
  });

  it.each([EXACT, false])(
    'C58, C63: a background that was added and fails later is handled like any other (restart: %j)',
    async (restart) => {
      const { reactor, errors } = create();
      await reactor.start();
      let calls = 0;
      await addService(
        reactor,
        background(
          'worker',
          async (context) => {
            if (++calls > 1) return untilStopped(context);
            await sleep(context.clock, 10);
            throw new Error('no');
          },
          { restart },
        ),
      );
      await reactor.advanceAsync(200);
      const { state } = reactor;
      const result = await reactor.finish();
      if (restart === false)
        expect([result.reason.kind, causes(result), errors.length]).toEqual(['service-failed', [new Error('no')], 1]);
      else expect([state, calls, errors]).toEqual(['running', 2, []]);
    },
  );

  it('C59, C60: a failure while a restart still starts the dependants is followed by another restart', async () => {
    const { reactor, lines } = create();
    const times: number[] = [];
    const worker = background(
      'worker',
      async (context) => {
        times.push(context.clock.now());
        if (times.length === 3) return untilStopped(context);
        await sleep(context.clock, 10);
        throw new Error('no');
      },
      { restart: { ...EXACT, dependants: true } },
    );
    reactor.use(worker);
    let starts = 0;
    reactor.use({
      name: 'server',
      needs: [worker],
      startup: { during: () => (++starts === 1 ? undefined : sleep(reactor, 1_000)) },
    });
    await reactor.start();
    await reactor.advanceAsync(5_000);
    // It fails again at 120 while the server starts. When that is over, at 1,110, both are restarted.
    expect([times, starts, lines.length]).toEqual([[0, 110, 1_110], 3, 2]);
    expect(reactor.describe()).toContain('server: started');
    await reactor.finish();
  });

  it('C58: an added service whose need is down waits, and starts when the need is up again', async () => {
    const { reactor } = create();
    const log: string[] = [];
    let calls = 0;
    const worker = background(
      'worker',
      async (context) => {
        if (++calls > 1) return untilStopped(context);
        await sleep(context.clock, 10);
        throw new Error('no');
      },
      { restart: EXACT },
    );
    reactor.use(worker);
    await reactor.start();
    await reactor.advanceAsync(50);
    const added = addService(reactor, notingService(log, 'server', [worker]));
    await reactor.advanceAsync(50);
    expect(log).toEqual([]);
    await reactor.advanceAsync(100);
    await added;
    expect(log).toEqual(['server starts']);
    await reactor.finish();
  });

  it('C58: after a start with onFailure: ignore, restartService() starts the background and then its dependants', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    let calls = 0;
    const worker = background(
      'worker',
      (context) => {
        if (++calls === 1) throw new Error('no');
        return untilStopped(context);
      },
      { onFailure: 'ignore' },
    );
    reactor.use(worker);
    const group = reactor.use({ name: 'group', needs: [worker] });
    reactor.use(notingService(log, 'server', [group]));
    await reactor.start();
    expect([log, errors.length, reactor.pending()]).toMatchObject([
      [],
      1,
      [
        { name: 'group', status: 'waits for worker' },
        { name: 'server', status: 'waits for group' },
      ],
    ]);
    await restartService(reactor, worker);
    expect([log, calls]).toEqual([['server starts'], 2]);
    const result = await reactor.finish();
    expect([causes(result), log.at(-1)]).toEqual([[new Error('no')], 'server stops']);
  });

  it('C59: stop() while a background is being started again tells it to stop', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    reactor.use(
      background(
        'worker',
        async ({ clock, attempt, stopped, ready }) => {
          log.push(`called ${String(attempt)}`);
          if (attempt === 1) {
            ready();
            await sleep(clock, 10);
            throw new Error('no');
          }
          await stopped;
          log.push('told');
        },
        { needs: [db], manualReady: true, restart: EXACT },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(200);
    const result = await reactor.finish();
    expect(log).toEqual(['db starts', 'called 1', 'called 2', 'told', 'db before', 'db stops']);
    expect([result.errors, errors]).toEqual([[], []]);
  });

  it('C59: stop() while a background is being restarted tells the background to stop first, and then stops a dependant that was not restarted', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const worker = background(
      'worker',
      async ({ clock, attempt, stopped, ready }) => {
        if (attempt === 1) {
          ready();
          await sleep(clock, 10);
          throw new Error('no');
        }
        await stopped;
        log.push('told');
      },
      { manualReady: true, restart: EXACT },
    );
    reactor.use(worker);
    reactor.use(notingService(log, 'server', [worker]));
    await reactor.start();
    await reactor.advanceAsync(200);
    const result = await reactor.finish();
    expect([log, result.errors, errors]).toEqual([['server starts', 'told', 'server before', 'server stops'], [], []]);
  });
});
