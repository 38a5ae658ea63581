import { describe, expect, it } from '@jest/globals';
import {
  background,
  removeService,
  resource,
  restartService,
  SelfWaitError,
  sleep,
  type Service,
  type ServiceHost,
} from '@triphase/core';
import { causes, create, notingService } from './service-bench.ts';

describe('a background', () => {
  it('C58: that awaits stop() gets SelfWaitError, and the stop goes on', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('worker', async ({ clock }) => {
        await sleep(clock, 10);
        await reactor.stop({ kind: 'mine' });
      }),
    );
    await reactor.start();
    await reactor.advanceAsync(10);
    const result = await reactor.finish();
    expect([result.reason.kind, reactor.now()]).toEqual(['mine', 10]);
    expect([causes(result), errors]).toEqual([[expect.any(SelfWaitError)], [expect.any(SelfWaitError)]]);
    expect((errors[0] as Error).message).toContain('The body of service "worker" awaits the stop');
  });

  it('C58: that awaits stop() after another background was called gets SelfWaitError', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('first', async ({ clock }) => {
        await sleep(clock, 10);
        await reactor.stop({ kind: 'mine' });
      }),
    );
    reactor.use(background('second', ({ stopped }) => stopped));
    await reactor.start();
    await reactor.advanceAsync(10);
    const result = await reactor.finish();
    expect([causes(result), errors]).toEqual([[expect.any(SelfWaitError)], [expect.any(SelfWaitError)]]);
  });

  it('C58: that awaits the stop of another reactor gets no error', async () => {
    const [one, other] = [create(), create()];
    one.reactor.use(
      background('worker', async ({ stopped }) => {
        await other.reactor.stop();
        return stopped;
      }),
    );
    other.reactor.use(background('idle', ({ stopped }) => stopped));
    await other.reactor.start();
    await one.reactor.start();
    await other.reactor.finish();
    await one.reactor.advanceAsync(10);
    expect([one.reactor.state, one.errors]).toEqual(['running', []]);
    await one.reactor.finish();
  });

  it('C58: that calls stop() without await gets no error', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('worker', async ({ clock, stopped }) => {
        await sleep(clock, 10);
        void reactor.stop({ kind: 'mine' });
        await stopped;
      }),
    );
    await reactor.start();
    await reactor.advanceAsync(10);
    const result = await reactor.finish();
    expect([result.reason.kind, result.errors, errors]).toEqual(['mine', [], []]);
  });

  it('C58: that awaits stop() after it was told to stop gets SelfWaitError', async () => {
    const { reactor, errors } = create();
    reactor.use(
      background('worker', async ({ stopped }) => {
        await stopped;
        await reactor.stop();
      }),
    );
    await reactor.start();
    const result = await reactor.finish();
    expect([causes(result), errors]).toEqual([[expect.any(SelfWaitError)], [expect.any(SelfWaitError)]]);
  });

  it('C58: that awaits its own restart gets SelfWaitError, and is restarted', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const worker = background('worker', async ({ clock, stopped }) => {
      log.push('called');
      if (log.length > 1) return stopped;
      await sleep(clock, 10);
      try {
        await restartService(reactor, worker);
      } catch (error) {
        const text = (error as Error).message;
        log.push(error instanceof SelfWaitError ? text.slice(0, text.indexOf(',')) : text);
      }
      return stopped;
    });
    reactor.use(worker);
    await reactor.start();
    await reactor.advanceAsync(20);
    expect([log, reactor.state, errors]).toEqual([
      ['called', 'The body of service "worker" awaits its restart', 'called'],
      'running',
      [],
    ]);
    await reactor.finish();
  });

  it('C58: that awaits the restart of its need gets SelfWaitError', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const db = reactor.use(resource('db', () => log.push('open')));
    const worker = background(
      'worker',
      async ({ clock, stopped, signal }) => {
        await sleep(clock, 10);
        if (log.length > 1) return stopped;
        await restartService(reactor, db).catch((error: unknown) =>
          log.push(error instanceof SelfWaitError ? 'refused' : '?'),
        );
        expect(signal.aborted).toBe(true);
        return undefined;
      },
      { needs: [db] },
    );
    reactor.use(worker);
    await reactor.start();
    await reactor.advanceAsync(50);
    expect(log).toEqual(['open', 'refused', 'open']);
    await reactor.finish();
  });

  /** A background, used by `attach` of `tenant`, awaits a change of `tenant`. Returns the outcome. */
  const awaitChangeOfOwner = async (
    change: (app: ServiceHost, tenant: Service) => Promise<void>,
  ): Promise<string[]> => {
    const { reactor } = create();
    const log: string[] = [];
    const worker = background('worker', async ({ clock, stopped }) => {
      await sleep(clock, 10);
      await change(reactor, tenant).then(
        () => log.push('done'),
        (error: unknown) => log.push(error instanceof SelfWaitError ? error.message : String(error)),
      );
      return stopped;
    });
    const tenant: Service = {
      ...notingService([], 'tenant'),
      attach: (app) => {
        app.use(worker);
      },
    };
    reactor.use(tenant);
    await reactor.start();
    await reactor.advanceAsync(50);
    await reactor.finish();
    return log;
  };

  it('C58, C63: that awaits the removal of the service whose attach() used it gets SelfWaitError', async () => {
    const said = await awaitChangeOfOwner(removeService);
    expect(said).toEqual([
      'The body of service "worker" awaits its removal, which waits for this body: return, and don\'t await it',
    ]);
  });

  it('C58, C60: that awaits the restart of the service whose attach() used it gets no error', async () => {
    expect(await awaitChangeOfOwner(restartService)).toEqual(['done']);
  });

  it('C58: that awaits the restart of another service gets no error', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    const cache = reactor.use(notingService(log, 'cache'));
    reactor.use(
      background('worker', async ({ clock, stopped }) => {
        await sleep(clock, 10);
        await restartService(reactor, cache);
        log.push('restarted');
        await stopped;
      }),
    );
    await reactor.start();
    await reactor.advanceAsync(50);
    expect([log, errors]).toEqual([['cache starts', 'cache before', 'cache stops', 'cache starts', 'restarted'], []]);
    await reactor.finish();
  });

  it('C58: what awaits the stop elsewhere, while bodies run, gets the result', async () => {
    const { reactor } = create();
    reactor.use(background('worker', ({ stopped }) => stopped));
    await reactor.start();
    const stopped = reactor.stop();
    await reactor.finish();
    expect((await stopped).errors).toEqual([]);
  });
});
