import { describe, expect, it } from '@jest/globals';
import { resource, sleep, TriggerTimeoutError } from '@triphase/core';
import { create, EXACT, notingService } from './service-bench.ts';

/** An `open` that fails `failures` times. It adds the time of each call to `times`. */
function failingOpen(failures: number, now: () => number, times: number[]): () => string {
  return () => {
    times.push(now());
    if (times.length <= failures) throw new Error(`refused ${String(times.length)}`);
    return 'open';
  };
}

describe('a resource with retry', () => {
  it('C71: open is called again after each failure, within the start', async () => {
    const { reactor, errors, lines } = create();
    const times: number[] = [];
    const log: string[] = [];
    const db = resource(
      'db',
      failingOpen(3, () => reactor.now(), times),
      undefined,
      { retry: EXACT },
    );
    reactor.use(db);
    reactor.use(notingService(log, 'server', [db]));
    await reactor.start();
    expect([times, db.value, log]).toEqual([[0, 100, 300, 700], 'open', ['server starts']]);
    expect(errors).toEqual([]);
    expect(lines).toEqual([
      'Resource "db" did not open: refused 1; retrying in 0.1 s (2 of 5)',
      'Resource "db" did not open: refused 2; retrying in 0.2 s (3 of 5)',
      'Resource "db" did not open: refused 3; retrying in 0.4 s (4 of 5)',
    ]);
    await reactor.finish();
  });

  it('C71: when the last attempt fails, the start fails with its error, which is reported once', async () => {
    const { reactor, errors, lines } = create();
    const times: number[] = [];
    reactor.use(
      resource(
        'db',
        failingOpen(9, () => reactor.now(), times),
        undefined,
        { retry: { ...EXACT, giveUpAfter: 3 } },
      ),
    );
    await expect(reactor.start()).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STARTUP_FAILED' });
    expect([times, lines.length, errors]).toEqual([[0, 100, 300], 2, [new Error('refused 3')]]);
  });

  it('C71: an open whose promise rejects is retried', async () => {
    const { reactor } = create();
    const times: number[] = [];
    const open = failingOpen(2, () => reactor.now(), times);
    const db = reactor.use(
      resource(
        'db',
        async () => {
          await sleep(reactor, 10);
          return open();
        },
        undefined,
        { retry: EXACT },
      ),
    );
    await reactor.start();
    expect([times, db.value]).toEqual([[10, 120, 330], 'open']);
    await reactor.finish();
  });

  it('C71: the timeout applies to all attempts together', async () => {
    const { reactor, errors } = create();
    const times: number[] = [];
    const open = failingOpen(9, () => reactor.now(), times);
    reactor.use(resource('db', open, undefined, { retry: EXACT, timeout: 350 }));
    await expect(reactor.start()).rejects.toThrow(/timed out/);
    await reactor.advanceAsync(10_000);
    expect([times, errors]).toEqual([[0, 100, 300], [expect.any(TriggerTimeoutError)]]);
  });

  it('C71: the limit of during startup applies to all attempts together', async () => {
    const { reactor, errors } = create({ limits: { startup: { during: 350 } } });
    const times: number[] = [];
    reactor.use(
      resource(
        'db',
        failingOpen(9, () => reactor.now(), times),
        undefined,
        { retry: EXACT },
      ),
    );
    await expect(reactor.start()).rejects.toThrow(/timed out/);
    expect([times.length, errors]).toEqual([3, [expect.any(TriggerTimeoutError)]]);
  });

  it('C71: stop() in a delay ends the start at once', async () => {
    const { reactor } = create();
    const times: number[] = [];
    reactor.use(
      resource(
        'db',
        failingOpen(9, () => reactor.now(), times),
        undefined,
        { retry: EXACT },
      ),
    );
    const ended = reactor.run();
    await reactor.advanceAsync(150);
    const reason = { kind: 'mine' };
    const result = await reactor.finish(reason);
    expect(await ended).toBe(result);
    // The retry has rejected with the reason of the stop, which is no failure (C29).
    expect([times.length, result.errors, reactor.now()]).toEqual([2, [], 150]);
  });

  it('C71: an open that rejects with the reason of the stop is not called again', async () => {
    const { reactor, lines } = create();
    let calls = 0;
    reactor.use(
      resource(
        'db',
        ({ signal }) => {
          calls++;
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          });
        },
        undefined,
        { retry: EXACT },
      ),
    );
    void reactor.run();
    const reason = { kind: 'mine' };
    const result = await reactor.finish(reason);
    expect([calls, lines, result.errors]).toEqual([1, [], []]);
  });

  it('C71: the status says when the next attempt comes', async () => {
    const { reactor } = create();
    const times: number[] = [];
    const db = resource(
      'db',
      failingOpen(1, () => reactor.now(), times),
      undefined,
      { retry: { ...EXACT, delay: 1_500 } },
    );
    reactor.use(db);
    void reactor.run();
    await reactor.advanceAsync(300);
    expect(reactor.describe()).toContain('db: starting (retrying in 1.2 s (2 of 5))');
    await reactor.advanceAsync(1_200);
    expect(reactor.describe()).toContain('db: started');
    expect(reactor.describe()).not.toContain('retrying');
    await reactor.finish();
  });

  it('C71: without the option retry the first failure fails the start', async () => {
    const { reactor } = create();
    const times: number[] = [];
    reactor.use(
      resource(
        'db',
        failingOpen(1, () => reactor.now(), times),
      ),
    );
    await expect(reactor.start()).rejects.toThrow('refused 1');
    expect(times.length).toBe(1);
  });
});
