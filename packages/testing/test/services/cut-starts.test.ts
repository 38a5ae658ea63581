import { describe, expect, it } from '@jest/globals';
import {
  background,
  type OpenContext,
  resource,
  type ResourceOptions,
  sleep,
  type TriggerContext,
} from '@triphase/core';
import { obedient, REASON, refused, rejectsWhenAborted, stubborn, HARMLESS_REJECTIONS } from './cut-opens.ts';
import { causes, create, EXACT, notingService } from './service-bench.ts';

describe('a start that a stop interrupts', () => {
  it.each(HARMLESS_REJECTIONS)('C26, C29: an open that rejects with $what has not failed', async ({ errorFor }) => {
    const { reactor, errors, lines } = create();
    const log: string[] = [];
    const db = reactor.use(resource('db', rejectsWhenAborted(errorFor), () => log.push('db closes')));
    reactor.use(notingService(log, 'first'));
    reactor.use(notingService(log, 'server', [db]));
    const ended = reactor.run();
    const result = await reactor.finish(REASON);
    expect(await ended).toBe(result);
    expect([errors, lines, result.errors, result.startup.abandoned]).toEqual([[], [], [], []]);
    expect([result.reason, log]).toEqual([REASON, ['first starts', 'first before', 'first stops']]);
    expect(reactor.describe()).toContain('db: stopped');
  });

  it.each(['before', 'during', 'after'] as const)(
    'C29: a service and a trigger in %s startup that reject with the reason of the stop have not failed',
    async (phase) => {
      const { reactor, errors } = create();
      reactor.use({ name: 'mailer', startup: { [phase]: obedient } });
      reactor.on('startup', { [phase]: obedient }, { name: 'migrate', required: true });
      void reactor.run();
      await reactor.advanceAsync(10);
      const result = await reactor.finish(REASON);
      expect([errors, result.errors, result.reason]).toEqual([[], [], REASON]);
      const outcomes = result.startup.phases?.[phase].triggers.map(({ name, outcome }) => [name, outcome]);
      expect(outcomes).toEqual([
        ['mailer', 'done'],
        ['migrate', 'done'],
      ]);
    },
  );

  it('C29: a trigger that throws the reason of the stop, in the phase in which stop() was called, has not failed', async () => {
    const { reactor, errors } = create();
    reactor.on('startup', {
      before: () => {
        void reactor.stop(REASON);
      },
    });
    reactor.on('startup', {
      before: ({ signal }) => {
        signal.throwIfAborted();
      },
    });
    void reactor.run();
    const result = await reactor.finish();
    expect([errors, result.errors, result.startup.counts.before]).toEqual([[], [], 2]);
  });

  it('C26, C29: an open that rejects with the reason of the failed start has not failed', async () => {
    const { reactor, errors } = create();
    reactor.use(resource('slow', obedient));
    reactor.use(
      resource('db', async () => {
        await sleep(reactor, 10);
        throw refused;
      }),
    );
    await expect(reactor.start()).rejects.toMatchObject({
      result: { reason: { kind: 'startup-failed', cause: refused }, errors: [{ cause: refused }] },
    });
    expect(errors).toEqual([refused]);
  });

  it('C26: an open that rejects with another error has failed, and is reported once', async () => {
    const { reactor, errors } = create();
    reactor.use(resource('db', stubborn));
    void reactor.run();
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });

  it('C26: an open that throws an AbortError before the stop has failed', async () => {
    const { reactor, errors } = create();
    const error = new DOMException('aborted', 'AbortError');
    reactor.use(
      resource('db', () => {
        throw error;
      }),
    );
    await expect(reactor.start()).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STARTUP_FAILED' });
    expect(errors).toEqual([error]);
  });

  it('C29, C58: a background that is not ready, and rejects with the reason of the stop, has not failed', async () => {
    const { reactor, errors } = create();
    reactor.use(background('worker', ({ signal }) => obedient({ signal } as TriggerContext), { manualReady: true }));
    void reactor.run();
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('C29, C31: after a crash in that stop the next run opens the resource again', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    const closed: unknown[] = [];
    let isCut = true;
    const open = (context: OpenContext): unknown => {
      contexts.push(context);
      return isCut ? obedient(context) : contexts.length;
    };
    reactor.use(resource('db', open, (value) => closed.push(value)));
    reactor.on('shutdown', { before: () => sleep(reactor, 100) });
    const first = reactor.run();
    void reactor.stop(REASON);
    await reactor.advanceAsync(10);
    reactor.crash();
    expect((await first).reason.kind).toBe('crash');
    isCut = false;
    await reactor.start();
    const result = await reactor.finish();
    expect([contexts.length, closed, errors, result.errors]).toEqual([2, [2], [], []]);
  });
});

describe('an open with retry that a stop interrupts', () => {
  /** A resource whose `open` fails `failures` times, and then calls `last`. */
  const failingResource = (
    failures: number,
    last: (context: TriggerContext) => Promise<never>,
    options: ResourceOptions,
  ) => {
    let calls = 0;
    return resource(
      'db',
      (context) => {
        if (++calls <= failures) throw new Error('not yet');
        return last(context);
      },
      undefined,
      options,
    );
  };

  it('C29, C71: an attempt that rejects with the reason of the stop has not failed, and is not logged', async () => {
    const { reactor, errors, lines } = create();
    reactor.use(failingResource(1, obedient, { retry: EXACT }));
    void reactor.run();
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines).toEqual(['Resource "db" did not open: not yet; retrying in 0.1 s (2 of 5)']);
  });

  it('C71: an attempt that rejects with another error, when more attempts were left, is only logged', async () => {
    const { reactor, errors, lines } = create();
    reactor.use(failingResource(1, stubborn, { retry: EXACT }));
    void reactor.run();
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines[1]).toBe('Resource "db" did not open: refused; not tried again, since the reactor stops');
  });

  it('C71: the last attempt that rejects with another error has failed', async () => {
    const { reactor, errors } = create();
    reactor.use(failingResource(1, stubborn, { retry: { ...EXACT, giveUpAfter: 2 } }));
    void reactor.run();
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });
});
