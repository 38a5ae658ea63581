import { describe, expect, it } from '@jest/globals';
import { addService, type OpenContext, resource } from '@triphase/core';
import { create, nextMacrotask } from './service-bench.ts';

describe('services after a crash or an escalation', () => {
  it.each(['escalate', 'crash'] as const)(
    'C48: an open that throws is reported once, also when the next service calls %s() in the same phase',
    async (leave) => {
      const { reactor, errors } = create();
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
      await nextMacrotask();
      expect(errors).toEqual([new Error('refused')]);
    },
  );

  it('C48: an added service whose open throws is reported once, also when escalate() is called at once', async () => {
    const { reactor, errors } = create();
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
    'C48: a close that throws is reported once, also when the next service calls %s() in the same phase',
    async (leave) => {
      const { reactor, errors } = create();
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
      await nextMacrotask();
      expect(errors).toEqual([new Error('lost the journal')]);
    },
  );

  it.each([
    { when: 'at once', ms: 0 },
    { when: 'later', ms: 50 },
  ])('C72: a value that open returns after a crash, $when, is closed', async ({ ms }) => {
    const { reactor, errors } = create();
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
    reactor.crash(); // the promise of `open` is fulfilled, but its reaction has not run
    await reactor.start();
    expect(db.value).toBe(2);
    await reactor.advanceAsync(ms);
    expect(db.value).toBe(2);
    await reactor.finish();
    expect(said).toEqual(['open 1', 'open 2', 'close 1 (abandoned)', 'close 2 (stop)']);
    expect(errors).toEqual([]);
  });

  it('C72: a value that open returns after escalate() is closed, and an error of that close is reported', async () => {
    const { reactor, errors } = create();
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
    await nextMacrotask();
    expect(closed).toEqual(['late']);
    expect(errors).toEqual([new Error('no')]);
  });

  it('C52: a value that open returns after its timeout is not closed', async () => {
    const { reactor } = create();
    const closed: unknown[] = [];
    const open = (context: OpenContext): Promise<string> =>
      new Promise((resolve) => {
        context.signal.addEventListener('abort', () => {
          resolve('late');
        });
      });
    reactor.use(resource('db', open, (value) => closed.push(value), { timeout: 10 }));
    await expect(reactor.start()).rejects.toThrow('start');
    await nextMacrotask();
    expect(closed).toEqual([]);
  });
});
