import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  ReactorStoppedError,
  resource,
  restartService,
  sleep,
  type OpenContext,
  type ResourceOptions,
  type TriggerContext,
} from '@triphase/core';
import { causes, create, noting } from './service-bench.ts';

const EXACT = { delay: 100, jitter: 0 };
const REASON = { kind: 'mine' };
const refused = new Error('refused');

/** Pends until its signal aborts, then rejects with what `say` makes of the reason. */
function untilTold(say: (reason: unknown) => unknown): (context: TriggerContext) => Promise<never> {
  return ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(say(signal.reason));
      });
    });
}

const same = (reason: unknown): unknown => reason;
const obedient = untilTold(same);
const stubborn = untilTold(() => refused);

/** What a function that is told to end may reject with. None of it is a failure. */
const told: readonly { readonly name: string; readonly say: (reason: unknown) => unknown }[] = [
  { name: 'the reason of the stop', say: same },
  { name: 'an error whose cause is the reason', say: (cause) => new Error('aborted', { cause }) },
  { name: 'an AbortError', say: () => new DOMException('aborted', 'AbortError') },
  { name: 'ReactorStoppedError', say: () => new ReactorStoppedError('over') },
];

/** `open` of a resource that opens at once the first time, and later does as `again`. */
function second(contexts: OpenContext[], again: (context: TriggerContext) => unknown) {
  return (context: OpenContext): unknown => (contexts.push(context) === 1 ? 'open' : again(context));
}

describe('a start that a stop cuts', () => {
  it.each(told)('C26, C29: an open that rejects with $name has not failed', async ({ say }) => {
    const { reactor, errors, lines } = create();
    const log: string[] = [];
    const db = reactor.use(resource('db', untilTold(say), () => log.push('db closes')));
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

describe('an opening that is tried again, and that a stop cuts', () => {
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

describe('a start that a stop cuts while the reactor runs', () => {
  it.each(told)('C29, C60: a restart whose open rejects with $name has not failed', async ({ say }) => {
    const { reactor, errors } = create();
    const db = reactor.use(resource('db', second([], untilTold(say))));
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(restarted).rejects.toBeInstanceOf(ReactorStoppedError);
    expect([errors, result.errors, result.reason]).toEqual([[], [], REASON]);
    expect(reactor.describe()).toContain('db: stopped');
  });

  it('C60: another error is a failure, reported once, and the restart rejects with it', async () => {
    const { reactor, errors } = create();
    const db = reactor.use(resource('db', second([], stubborn)));
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(restarted).rejects.toBe(refused);
    expect([errors, causes(result), result.reason]).toEqual([[refused], [refused], REASON]);
  });

  it('C29, C59: a reopening that rejects since it was told has not failed, and is not worth a line', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', second(contexts, obedient), undefined, { restart: EXACT }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([contexts.length, errors, result.errors, lines.length]).toEqual([2, [], [], 1]);
  });

  it('C59: nor has one that fails, with attempts left: it is one line', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', second(contexts, stubborn), undefined, { restart: EXACT }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, result.errors]).toEqual([[], []]);
    expect(lines[1]).toBe('Service "db" failed: refused; not restarted, since the reactor stops');
    expect(reactor.getDelayedCalls()).toEqual([]);
  });

  it('C59, C70: the last attempt has failed, as without the stop', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', second(contexts, stubborn), undefined, { restart: { ...EXACT, giveUpAfter: 2 } }));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(150);
    const result = await reactor.finish(REASON);
    expect([errors, causes(result)]).toEqual([[refused], [refused]]);
  });

  it.each(told)(
    'C29, C63: an addition whose open rejects with $name is cut: it rejects, and nothing is reported',
    async ({ say }) => {
      const { reactor, errors } = create();
      await reactor.start();
      const log: string[] = [];
      const pool = resource('pool', untilTold(say), () => log.push('pool closes'), { needs: [noting(log, 'net')] });
      for (const need of pool.needs ?? []) await addService(reactor, need);
      const added = addService(reactor, pool);
      await reactor.advanceAsync(10);
      const result = await reactor.finish(REASON);
      await expect(added).rejects.toBeInstanceOf(ReactorStoppedError);
      expect([errors, result.errors, log]).toEqual([[], [], ['net starts', 'net before', 'net stops']]);
    },
  );

  it('C63: another error is reported once, and is what the addition rejects with', async () => {
    const { reactor, errors } = create();
    await reactor.start();
    const added = addService(reactor, resource('pool', stubborn));
    await reactor.advanceAsync(10);
    const result = await reactor.finish(REASON);
    await expect(added).rejects.toBe(refused);
    expect([errors, result.errors]).toEqual([[refused], []]);
  });
});

describe('the value of a resource that is down', () => {
  it('C72: says that it was lost, why, and which attempt comes when', async () => {
    const { reactor } = create();
    const contexts: OpenContext[] = [];
    const again = async (): Promise<string> => {
      await sleep(reactor, 10);
      if (contexts.length < 3) throw refused;
      return 'open again';
    };
    const db = reactor.use(resource('db', second(contexts, again), undefined, { restart: EXACT }));
    expect(() => db.value).toThrow('Resource "db" is not open yet: name it in the needs');
    await reactor.start();
    const said: string[] = [];
    const say = (): void => {
      try {
        said.push(String(db.value));
      } catch (error) {
        said.push((error as Error).message);
      }
    };
    contexts[0]?.lost(new Error('reset'));
    for (const ms of [0, 105, 10, 200, 10]) {
      await reactor.advanceAsync(ms);
      say();
    }
    expect(said).toEqual([
      'Resource "db" was lost (reset); restarting in 0.1 s (2 of 5): read its value when it is open',
      'Resource "db" was lost (reset); it is being opened again (2 of 5): read its value when it is open',
      'Resource "db" did not open (refused); restarting in 0.2 s (3 of 5): read its value when it is open',
      'Resource "db" did not open (refused); it is being opened again (3 of 5): read its value when it is open',
      'open again',
    ]);
    await reactor.finish();
    expect(() => db.value).toThrow('Resource "db" has closed: name it in the needs');
  });

  it('C60: says that it is restarted', async () => {
    const { reactor } = create();
    const db = reactor.use(
      resource(
        'db',
        second([], () => sleep(reactor, 10)),
      ),
    );
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(5);
    expect(() => db.value).toThrow('Resource "db" is closed for a restart; it is being opened again: read its value');
    await reactor.advanceAsync(5);
    await restarted;
    expect(db.value).toBeUndefined();
    await reactor.finish();
  });

  it('C71: says that it did not open yet, and which attempt is under way', async () => {
    const { reactor } = create();
    let calls = 0;
    const open = async (): Promise<void> => {
      if (++calls === 1) throw refused;
      await sleep(reactor, 10);
    };
    const db = reactor.use(resource('db', open, undefined, { retry: { ...EXACT, giveUpAfter: Infinity } }));
    void reactor.run();
    await reactor.advanceAsync(0);
    expect(() => db.value).toThrow('Resource "db" did not open (refused); retrying in 0.1 s (2): read its value');
    await reactor.advanceAsync(105);
    expect(() => db.value).toThrow('Resource "db" did not open (refused); it is being opened again (2): read');
    await reactor.finish();
  });

  it('C72: says that it is not opened again', async () => {
    const { reactor } = create();
    const contexts: OpenContext[] = [];
    const db = reactor.use(
      resource(
        'db',
        second(contexts, () => 1),
        undefined,
        { onFailure: 'ignore' },
      ),
    );
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    expect(() => db.value).toThrow(`Resource "db" was lost (reset); it isn't opened again: read its value`);
    await reactor.finish();
  });
});
