import { describe, expect, it } from '@jest/globals';
import { background, type BackgroundContext, removeService, restartService, sleep } from '@triphase/core';
import { ControlledBody, message } from './controlled-body.ts';
import { causes, create, notingService } from './service-bench.ts';

describe('a background that is told to stop', () => {
  it('C58, C60: in a restart of its need, a background is told to stop in `before shutdown`, unless a running service needs it', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    const body =
      (name: string) =>
      async ({ stopped }: BackgroundContext): Promise<void> => {
        await stopped;
        log.push(`${name} told at ${String(reactor.now())}`);
      };
    const needed = reactor.use(background('needed', body('needed'), { needs: [db] }));
    reactor.use(background('free', body('free'), { needs: [db] }));
    reactor.use({
      name: 'web',
      needs: [needed],
      startup: { during: () => undefined },
      shutdown: { before: () => sleep(reactor, 100), during: () => sleep(reactor, 100) },
    });
    await reactor.start();
    log.length = 0;
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(500);
    await restarted;
    expect(log).toEqual(['free told at 0', 'db before', 'needed told at 200', 'db stops', 'db starts']);
    await reactor.finish();
  });

  it('C58, C63: an error of a background after its removal has timed out is reported, and the program goes on', async () => {
    const sources: unknown[] = [];
    const { reactor } = create({ onError: (error, source) => sources.push([message(error), source]) });
    const calls = new ControlledBody();
    const worker = reactor.use(background('worker', calls.body, { timeout: { stop: 100 } }));
    await reactor.start();
    const removed = removeService(reactor, worker).catch(message);
    await reactor.advanceAsync(200);
    expect(await removed).toMatch('timed out');
    sources.length = 0;
    calls.fail(0, new Error('too late'));
    await reactor.advanceAsync(0);
    expect(sources).toEqual([['too late', { kind: 'service', name: 'worker' }]]);
    expect(reactor.state).toBe('running');
    expect((await reactor.finish()).reason).toEqual({ kind: 'stop' });
  });

  it('C58: an error of its work has the source of the work, an error after the cut that of the service', async () => {
    const sources: unknown[] = [];
    const { reactor } = create({ onError: (error, source) => sources.push([message(error), source]) });
    const calls = new ControlledBody();
    reactor.use(background('worker', calls.body, { timeout: { stop: 100 } }));
    reactor.on('shutdown', { after: () => sleep(reactor, 100) });
    await reactor.start();
    calls.contexts[0]?.clock.waitUntil?.(Promise.reject(new Error('work')), { name: 'transfer' });
    await reactor.advanceAsync(0);
    void reactor.stop();
    await reactor.advanceAsync(150);
    calls.fail(0, new Error('late'));
    await reactor.finish();
    expect(sources).toContainEqual(['work', { kind: 'work', name: 'transfer' }]);
    expect(sources).toContainEqual(['late', { kind: 'service', name: 'worker' }]);
  });

  it('C58: errors of a background and of its work while stopping are all in the result', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('worker', async ({ clock, stopped }) => {
        await stopped;
        clock.waitUntil?.(sleep(reactor, 20).then(() => Promise.reject(new Error('work'))));
        await sleep(reactor, 10);
        throw new Error('body');
      }),
    );
    await reactor.start();
    const result = await reactor.finish();
    expect(causes(result).map(message).sort()).toEqual(['body', 'work']);
    expect(errors.map(message).sort()).toEqual(['body', 'work']);
    expect(result.reason).toEqual({ kind: 'stop' });
  });

  it('C58: the stop waits for a background also when its work has settled before', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    reactor.use(
      background(
        'worker',
        async ({ clock, stopped }) => {
          clock.waitUntil?.(sleep(reactor, 10));
          await stopped;
          await sleep(reactor, 50);
          log.push('ended');
        },
        { needs: [db] },
      ),
    );
    await reactor.start();
    await reactor.advanceAsync(20);
    await reactor.finish();
    expect(log.slice(1)).toEqual(['db before', 'ended', 'db stops']);
  });
});

describe('a background that has ended', () => {
  it('C57, C58: the stop waits for work given to its clock after its end', async () => {
    const { reactor, errors } = create();
    let clock: BackgroundContext['clock'] | undefined;
    reactor.use(
      background(
        'worker',
        (context) => {
          clock = context.clock;
        },
        { onEnd: 'ignore' },
      ),
    );
    await reactor.start();
    clock?.waitUntil?.(sleep(reactor, 70));
    await reactor.finish();
    expect([reactor.now(), errors]).toEqual([70, []]);
  });

  it.each([
    { name: 'has ended', error: undefined, reason: { kind: 'service-ended', cause: undefined } },
    { name: 'has failed', error: new Error('no'), reason: { kind: 'service-failed', cause: new Error('no') } },
  ])('C58: the reason of its signal says that the background $name', async ({ error, reason }) => {
    const { reactor } = create();
    const calls = new ControlledBody();
    reactor.use(background('worker', calls.body));
    await reactor.start();
    if (error === undefined) calls.end(0);
    else calls.fail(0, error);
    await reactor.advanceAsync(0);
    expect(calls.contexts[0]?.signal.reason).toEqual(reason);
    await reactor.finish();
  });

  it.each([false, true])('C58: a thenable that calls back twice ends once (with pending work: %s)', async (works) => {
    const { reactor, errors } = create();
    let end: (() => void) | undefined;
    let fail: ((error: unknown) => void) | undefined;
    reactor.use(
      background('worker', ({ clock, stopped }) => {
        void stopped.then(() => {
          if (works) clock.waitUntil?.(sleep(reactor, 30));
          end?.();
          fail?.(new Error('again'));
        });
        return {
          then: (resolve: () => void, reject: (error: unknown) => void) => {
            [end, fail] = [resolve, reject];
          },
        };
      }),
    );
    await reactor.start();
    const result = await reactor.finish();
    expect([reactor.now(), result.errors, errors]).toEqual([works ? 30 : 0, [], []]);
  });

  it('C58: with onEnd: ignore a thenable that rejects after it has resolved has not failed', async () => {
    const { reactor, errors } = create();
    let fail: (error: unknown) => void = () => undefined;
    const ended = {
      then: (resolve: () => void, reject: (error: unknown) => void) => {
        fail = reject;
        resolve();
      },
    };
    reactor.use(background('worker', () => ended, { onEnd: 'ignore' }));
    await reactor.start();
    fail(new Error('again'));
    await reactor.advanceAsync(0);
    expect([reactor.state, errors]).toEqual(['running', []]);
    await reactor.finish();
  });

  it('C58: ready() without manualReady has no effect: dependants start after the call', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const worker = reactor.use(
      background('worker', ({ ready, stopped }) => {
        ready();
        log.push('body');
        return stopped;
      }),
    );
    reactor.use(notingService(log, 'server', [worker]));
    await reactor.start();
    expect(log).toEqual(['body', 'server starts']);
    await reactor.finish();
  });

  it('C52, C58: the status of a background is undefined before its start, and "ended" after its end', async () => {
    const { reactor } = create();
    const worker = reactor.use(background('worker', () => undefined, { onEnd: 'ignore' }));
    const statuses = [worker.status?.()];
    await reactor.start();
    statuses.push(worker.status?.());
    await reactor.finish();
    expect(statuses).toEqual([undefined, 'ended']);
  });
});
