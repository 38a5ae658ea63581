import { describe, expect, it } from '@jest/globals';
import {
  addService,
  background,
  removeService,
  resource,
  type BackgroundContext,
  type OpenContext,
  type Service,
} from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

function create(): [ManualReactor, unknown[]] {
  const errors: unknown[] = [];
  return [new ManualReactor({ onError: (error) => errors.push(error) }), errors];
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what a crash or an escalation leaves behind', () => {
  it.each(['escalate', 'crash'] as const)(
    'C48: an open that throws is reported once, also if the next service calls %s at that moment',
    async (leave) => {
      const [reactor, errors] = create();
      reactor.use(
        resource('db', () => {
          throw new Error('refused');
        }),
      );
      reactor.use({
        name: 'next',
        startup: {
          during: () => {
            reactor[leave]();
          },
        },
      });
      reactor.run().catch(() => undefined);
      await settled();
      expect(errors).toEqual([new Error('refused')]);
    },
  );

  it('C48: an added service whose open throws is reported once, also if the stop is escalated at that moment', async () => {
    const [reactor, errors] = create();
    await reactor.start();
    const db = resource('db', () => {
      throw new Error('refused');
    });
    reactor.once('shutdown', {
      before: () => {
        addService(reactor, db).catch(() => undefined);
        reactor.escalate();
      },
    });
    reactor.stop().catch(() => undefined);
    await reactor.finish();
    expect(errors).toEqual([new Error('refused')]);
  });

  it.each(['escalate', 'crash'] as const)(
    'C48: a close that throws is reported once, also if the next service calls %s at that moment',
    async (leave) => {
      const [reactor, errors] = create();
      reactor.use({
        name: 'next',
        startup: { during: () => undefined },
        shutdown: {
          during: () => {
            reactor[leave]();
          },
        },
      });
      reactor.use(
        resource(
          'db',
          () => 1,
          () => {
            throw new Error('lost the journal');
          },
        ),
      );
      await reactor.start();
      reactor.stop().catch(() => undefined);
      reactor.advance(0);
      await settled();
      expect(errors).toEqual([new Error('lost the journal')]);
    },
  );

  it.each([
    { when: 'at once', ms: 0 },
    { when: 'later', ms: 50 },
  ])('C72: what open returns although a crash has left its start behind is closed, $when', async ({ ms }) => {
    const [reactor, errors] = create();
    const said: string[] = [];
    let opened = 0;
    const db = reactor.use(
      resource(
        'db',
        () => {
          const value = ++opened;
          said.push(`open ${String(value)}`);
          const answer = Promise.resolve(value);
          return ms === 0 || value > 1
            ? answer
            : answer.then(() => new Promise<number>((resolve) => void reactor.callLater(ms, () => resolve(value))));
        },
        (value, { detail }) => {
          said.push(`close ${String(value)} (${detail.kind})`);
        },
      ),
    );
    void reactor.run();
    reactor.crash(); // the promise of `open` is fulfilled already, but nobody knows
    await reactor.start();
    expect(db.value).toBe(2);
    await reactor.advanceAsync(ms);
    expect(db.value).toBe(2);
    await reactor.finish();
    expect(said).toEqual(['open 1', 'open 2', 'close 1 (abandoned)', 'close 2 (stop)']);
    expect(errors).toEqual([]);
  });

  it('C72: what open returns after an escalation is closed; an error of that close is reported', async () => {
    const [reactor, errors] = create();
    let open = (_value: string): void => undefined;
    const closed: unknown[] = [];
    reactor.use(
      resource(
        'db',
        () => new Promise<string>((resolve) => (open = resolve)),
        (value) => {
          closed.push(value);
          throw new Error('no');
        },
      ),
    );
    const run = reactor.run();
    reactor.escalate();
    await reactor.finish();
    await run;
    open('late');
    await settled();
    expect(closed).toEqual(['late']);
    expect(errors).toEqual([new Error('no')]);
  });

  it('C52: an open that outlives a limit cleans up after itself: close is not called', async () => {
    const [reactor] = create();
    const closed: unknown[] = [];
    const open = (context: OpenContext): Promise<string> =>
      new Promise((resolve) => {
        context.signal.addEventListener('abort', () => {
          resolve('late');
        });
      });
    reactor.use(resource('db', open, (value) => closed.push(value), { timeout: 10 }));
    await expect(reactor.start()).rejects.toThrow('start');
    await settled();
    expect(closed).toEqual([]);
  });
});

describe('services across a crash', () => {
  it('C31: a change that waits for one which crashes the reactor does not begin', async () => {
    const [reactor, errors] = create();
    const said: string[] = [];
    const service = (name: string, stop: () => void, needs: readonly Service[] = []): Service =>
      reactor.use({
        name,
        needs,
        startup: { during: () => void said.push(`+${name}`) },
        shutdown: {
          during: () => {
            said.push(`-${name}`);
            stop();
          },
        },
      });
    const first = service('first', () => {
      reactor.crash();
    });
    const second = service('second', () => undefined);
    const removed: Promise<void>[] = [];
    reactor.once('startup', {
      after: () => {
        removed.push(removeService(reactor, first), removeService(reactor, second));
      },
    });
    void reactor.run();
    await settled();
    expect(said).toEqual(['+first', '+second', '-first']);
    for (const promise of removed) await expect(promise).rejects.toThrow('crashed');
    expect(reactor.state).toBe('idle');
    expect(errors).toEqual([]);
  });

  it('C58: a body that starts while stopping, and outlives a crash, is told when the next stop begins', async () => {
    const [reactor] = create();
    const bodies: BackgroundContext[] = [];
    const worker = background('worker', (context) => {
      bodies.push(context);
      return context.stopped;
    });
    let starts = 0;
    const slow = { name: 'slow', startup: { during: () => (++starts === 1 ? new Promise(() => 0) : undefined) } };
    await reactor.start();
    addService(reactor, slow).catch(() => undefined);
    reactor.stop().catch(() => undefined); // it waits for the start of `slow`
    addService(reactor, worker).catch(() => undefined);
    await settled();
    reactor.crash();
    await reactor.start();
    expect(bodies.map(({ signal }) => signal.aborted)).toEqual([false]);
    reactor.stop().catch(() => undefined);
    expect(bodies[0]?.signal.aborted).toBe(true);
    await reactor.finish();
  });

  it('C58, C60: what needs a body that ends in the start after a crash goes on starting when the body is up again', async () => {
    const [reactor] = create();
    const said: string[] = [];
    const ends: (() => void)[] = [];
    const worker = reactor.use(
      background('worker', () => {
        said.push('worker');
        return new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    let release = (): void => undefined;
    let starts = 0;
    reactor.use({
      name: 'user',
      needs: [worker],
      startup: {
        during: () => {
          said.push('user during');
          if (++starts === 1) throw new Error('first');
          return new Promise<void>((resolve) => (release = resolve));
        },
        after: () => void said.push('user after'),
      },
    });
    reactor.run().catch(() => undefined); // the start fails: the stop tells the body
    await reactor.advanceAsync(0);
    reactor.crash();
    const started = reactor.start();
    await settled();
    ends[0]?.();
    await settled();
    release();
    await started;
    await reactor.advanceAsync(0);
    expect(said).toEqual(['worker', 'user during', 'user during', 'worker', 'user after']);
    reactor.stop().catch(() => undefined);
    ends[1]?.();
    await reactor.finish();
  });
});

describe('many services', () => {
  it('C58: background services add no listener to the signal of the reactor, since many of them are slow to add', async () => {
    const [reactor] = create();
    let listeners = 0;
    const { signal } = reactor;
    Object.assign(signal, {
      addEventListener: () => {
        listeners++;
      },
    });
    const told: string[] = [];
    for (const name of ['a', 'b', 'c'])
      reactor.use(background(name, ({ stopped }) => stopped.then(() => void told.push(name))));
    await reactor.start();
    expect(reactor.signal).toBe(signal);
    expect(listeners).toBe(0);
    await reactor.finish();
    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('C58: a crash in an abort listener of the stop tells no body', async () => {
    const [reactor] = create();
    const bodies: BackgroundContext[] = [];
    reactor.use(
      background('worker', (context) => {
        bodies.push(context);
        return context.stopped;
      }),
    );
    await reactor.start();
    reactor.signal.addEventListener('abort', () => {
      reactor.crash();
    });
    reactor.stop().catch(() => undefined);
    expect(reactor.state).toBe('idle');
    expect(bodies[0]?.signal.aborted).toBe(false);
    await reactor.start();
    await reactor.finish();
    expect(bodies[0]?.signal.aborted).toBe(true);
  });
});
