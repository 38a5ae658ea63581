import { describe, expect, it } from '@jest/globals';
import { type OpenContext, resource, ResourceClosedError, restartService, sleep } from '@triphase/core';
import { causes, create, EXACT, noop, notingService } from './service-bench.ts';

describe('a resource that is lost', () => {
  /** The `open` and `close` of a resource. They add the contexts of open to `contexts`, and the values to `closed`. */
  function recordingResource(contexts: OpenContext[], closed: number[] = []) {
    return [
      (context: OpenContext) => contexts.push(context),
      (value: number) => {
        closed.push(value);
      },
    ] as const;
  }

  it('C72: lost() stops the program, and the resource has no value and is closed', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    const closed: number[] = [];
    const db = reactor.use(resource('db', ...recordingResource(contexts, closed)));
    await reactor.start();
    expect(db.value).toBe(1);
    const error = new Error('connection reset');
    contexts[0]?.lost(error);
    expect(() => db.value).toThrow(ResourceClosedError);
    expect(() => db.value).toThrow('Resource "db" was lost');
    const result = await reactor.finish();
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'db', cause: error });
    expect([closed, errors, causes(result)]).toEqual([[1], [error], [error]]);
  });

  it('C72: only the first call of lost() counts', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    reactor.use(resource('db', ...recordingResource(contexts)));
    await reactor.start();
    contexts[0]?.lost(new Error('first'));
    contexts[0]?.lost(new Error('second'));
    await reactor.finish();
    expect(errors).toEqual([new Error('first')]);
  });

  it('C72: lost() once stopping has begun is no failure', async () => {
    const { reactor, errors } = create();
    let close = noop;
    reactor.use(
      resource(
        'db',
        ({ lost }) => {
          close = () => {
            lost(new Error('closed'));
          };
        },
        () => {
          close();
        },
      ),
    );
    await reactor.start();
    const result = await reactor.finish();
    close();
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('C72: lost() while the resource is closed in a restart is no failure', async () => {
    const { reactor, errors } = create();
    let close = noop;
    let openings = 0;
    const db = resource(
      'db',
      ({ lost }) => {
        openings++;
        close = () => {
          lost(new Error('closed'));
        };
      },
      () => {
        close();
      },
    );
    reactor.use(db);
    await reactor.start();
    await restartService(reactor, db);
    expect([openings, errors, reactor.state]).toEqual([2, [], 'running']);
    await reactor.finish();
  });

  it('C52: a value that open returns after its timeout is not kept', async () => {
    const { reactor } = create();
    const db = resource('db', () => sleep(reactor, 100), undefined, { timeout: 50, onFailure: 'stop' });
    reactor.use(db);
    reactor.on('shutdown', { during: () => sleep(reactor, 1_000), after: () => db.value });
    await expect(reactor.start()).rejects.toMatchObject({
      result: { errors: [{ code: 'ERR_TRIPHASE_TRIGGER_TIMEOUT' }, { cause: expect.any(ResourceClosedError) }] },
    });
  });

  it.each([true, false])(
    'C72: lost() while the reactor starts fails the start (resource is open: %s)',
    async (isOpen) => {
      const { reactor, errors } = create();
      const closed: number[] = [];
      reactor.use(
        resource(
          'db',
          async ({ lost }) => {
            if (isOpen)
              reactor.callLater(10, () => {
                lost(new Error('reset'));
              });
            else lost(new Error('reset'));
            return 7;
          },
          (value) => closed.push(value),
          { restart: true },
        ),
      );
      reactor.on('startup', { during: () => sleep(reactor, 100) });
      await expect(reactor.start()).rejects.toMatchObject({
        result: { reason: { kind: 'startup-failed', cause: new Error('reset') } },
      });
      expect([errors, closed]).toEqual([[new Error('reset')], [7]]);
    },
  );

  it('C72: with restart the resource is closed and opened again, and lost() of the old one is ignored', async () => {
    const { reactor, errors, lines } = create();
    const contexts: OpenContext[] = [];
    const closed: number[] = [];
    const db = reactor.use(resource('db', ...recordingResource(contexts, closed), { restart: EXACT }));
    const log: string[] = [];
    reactor.use(notingService(log, 'server', [db]));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    expect(() => db.value).toThrow(ResourceClosedError);
    expect(reactor.describe()).toContain('restarting in 0.1 s (2 of 5)');
    await reactor.advanceAsync(99);
    expect([closed, contexts.length]).toEqual([[], 1]);
    await reactor.advanceAsync(1);
    contexts[0]?.lost(new Error('reset'));
    expect([closed, db.value, reactor.state, errors]).toEqual([[1], 2, 'running', []]);
    expect(lines).toEqual(['Service "db" failed: reset; restarting in 0.1 s (2 of 5)']);
    expect(log).toEqual(['server starts']);
    const result = await reactor.finish();
    expect([result.errors, closed]).toEqual([[], [1, 2]]);
  });

  it('C72: with dependants: true the services that need the resource are restarted with it', async () => {
    const { reactor } = create();
    const contexts: OpenContext[] = [];
    const db = reactor.use(resource('db', ...recordingResource(contexts), { restart: { ...EXACT, dependants: true } }));
    const log: string[] = [];
    reactor.use(notingService(log, 'server', [db]));
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(100);
    expect(log).toEqual(['server starts', 'server before', 'server stops', 'server starts']);
    await reactor.finish();
  });

  it('C72: an open that fails in a restart counts as a failure, and the last one stops the program', async () => {
    const { reactor, errors, lines } = create();
    const times: number[] = [];
    const contexts: OpenContext[] = [];
    reactor.use(
      resource(
        'db',
        (context) => {
          times.push(reactor.now());
          if (contexts.push(context) > 1) throw new Error('refused');
        },
        undefined,
        { restart: { ...EXACT, giveUpAfter: 3 } },
      ),
    );
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    await reactor.advanceAsync(1_000);
    const result = await reactor.finish();
    expect(times).toEqual([0, 100, 300]);
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'db', cause: new Error('refused') });
    expect([errors, lines.length]).toEqual([[new Error('refused')], 2]);
    expect(causes(result)).toEqual([new Error('refused')]);
  });

  it('C71, C72: the option retry applies to each start, also in a restart', async () => {
    const { reactor, lines } = create();
    const times: number[] = [];
    const contexts: OpenContext[] = [];
    const db = resource(
      'db',
      (context) => {
        times.push(reactor.now());
        if (contexts.push(context) % 2 === 1) throw new Error('refused');
        return contexts.length;
      },
      undefined,
      { retry: { ...EXACT, delay: 5 }, restart: EXACT },
    );
    reactor.use(db);
    await reactor.start();
    contexts.at(-1)?.lost(new Error('reset'));
    await reactor.advanceAsync(200);
    expect([times, db.value, lines.length]).toEqual([[0, 5, 105, 110], 4, 3]);
    await reactor.finish();
  });

  it('C72: with onFailure: ignore the program goes on after lost(), and the error is in the result', async () => {
    const { reactor, errors } = create();
    const contexts: OpenContext[] = [];
    const closed: number[] = [];
    reactor.use(resource('db', ...recordingResource(contexts, closed), { onFailure: 'ignore' }));
    await reactor.start();
    const error = new Error('reset');
    contexts[0]?.lost(error);
    await reactor.advanceAsync(10);
    expect([reactor.state, errors]).toEqual(['running', [error]]);
    const result = await reactor.finish();
    expect([causes(result), closed, result.reason.kind]).toEqual([[error], [1], 'stop']);
  });

  it('C72: the context of open has all members of the context of a trigger', async () => {
    const { reactor } = create();
    let context: OpenContext | undefined;
    reactor.use(
      resource('db', (given) => {
        context = given;
      }),
    );
    await reactor.start();
    expect(context).toMatchObject({
      event: 'startup',
      phase: 'during',
      name: 'db',
      detail: undefined,
      terminal: false,
    });
    expect(context?.signal.aborted).toBe(false);
    await reactor.finish();
  });
});
