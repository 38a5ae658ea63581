import { describe, expect, it } from '@jest/globals';
import {
  background,
  type OpenContext,
  resource,
  type ResourceOptions,
  sleep,
  type TriggerContext,
} from '@triphase/core';
import { obedient, REASON, refused, rejectsWhenAborted, stubborn, told } from './cut-opens.ts';
import { causes, create, EXACT, noting } from './service-bench.ts';

describe('a start that a stop interrupts', () => {
  it.each(told)('C26, C29: an open that rejects with %s has not failed', async (_, say) => {
    const { reactor, errors, lines } = create();
    const log: string[] = [];
    const db = reactor.use(resource('db', rejectsWhenAborted(say), () => log.push('db closes')));
    reactor.use(noting(log, 'first'));
    reactor.use(noting(log, 'server', [db]));
    const ended = reactor.run();
    const result = await reactor.finish(REASON);
    expect(await ended).toBe(result);
    expect([errors, lines, result.errors, result.startup.abandoned]).toEqual([[], [], [], []]);
    expect([result.reason, log]).toEqual([REASON, ['first starts', 'first before', 'first stops']]);
    expect(reactor.describe()).toContain('db: stopped');
  });

  it.each(['before', 'during', 'after'] as const)(
    'C29: nor have a service and a trigger in %s startup',
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

  it('C29: nor has what throws as it is called after the stop, in the phase that is started to its end', async () => {
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

  it('C26, C29: nor has what another failure of the start has told to end', async () => {
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

  it('C26: another error is a failure, reported once', async () => {
    const { reactor, errors } = create();
    reactor.use(resource('db', stubborn));
    void reactor.run();
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });

  it('C26: so is an AbortError that comes before the stop', async () => {
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

  it('C29, C58: a body that is not ready, and rejects since it was told, has not failed', async () => {
    const { reactor, errors } = create();
    reactor.use(background('worker', ({ signal }) => obedient({ signal } as TriggerContext), { manualReady: true }));
    void reactor.run();
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('C29, C31: after a crash the next run starts it from the beginning', async () => {
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
  /** An open that fails `n` times, then pends until it is told. */
  const opening = (n: number, last: (context: TriggerContext) => Promise<never>, options: ResourceOptions) => {
    let calls = 0;
    return resource(
      'db',
      (context) => {
        if (++calls <= n) throw new Error('not yet');
        return last(context);
      },
      undefined,
      options,
    );
  };

  it('C29, C71: an attempt that rejects since it was told has not failed, and is not worth a line', async () => {
    const { reactor, errors, lines } = create();
    reactor.use(opening(1, obedient, { retry: EXACT }));
    void reactor.run();
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines).toEqual(['Resource "db" did not open: not yet; retrying in 0.1 s (2 of 5)']);
  });

  it('C71: nor has one that fails, with attempts left: it would have been tried again, and is one line', async () => {
    const { reactor, errors, lines } = create();
    reactor.use(opening(1, stubborn, { retry: EXACT }));
    void reactor.run();
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines[1]).toBe('Resource "db" did not open: refused; not tried again, since the reactor stops');
  });

  it('C71: the last attempt has failed, as without the stop', async () => {
    const { reactor, errors } = create();
    reactor.use(opening(1, stubborn, { retry: { ...EXACT, giveUpAfter: 2 } }));
    void reactor.run();
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });
});
