import { describe, expect, it } from '@jest/globals';
import {
  addService,
  inFlight,
  ReactorStoppingError,
  removeService,
  resource,
  restartService,
  sleep,
  TimeoutError,
  type Gate,
} from '@triphase/core';
import { causes, create } from './service-bench.ts';

/** A reactor with a gate, and a database that the gate needs: its start waits for the test while `isSlow`. */
function withSlowNeed() {
  const bench = create();
  const { reactor } = bench;
  const slow = { is: true, end: (): void => undefined };
  const db = reactor.use(
    resource('db', () => (slow.is ? new Promise<void>((resolve) => (slow.end = resolve)) : undefined)),
  );
  const gate = reactor.use(inFlight('jobs', { needs: [db] }));
  const ran: string[] = [];
  const call = (name: string): Promise<unknown> =>
    gate.run(() => ran.push(name)).catch((error: unknown) => ran.push(`${name}: ${(error as Error).name}`));
  return { ...bench, slow, db, gate, ran, call };
}

describe('a gate that has not started', () => {
  it('C31, C62: closed by a stop that a crash has cut, it has calls wait in the next run', async () => {
    const { reactor, slow, ran, call } = withSlowNeed();
    void reactor.run();
    await reactor.advanceAsync(0);
    void reactor.stop();
    await reactor.advanceAsync(0);
    void call('late');
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['late: ReactorStoppingError']);
    reactor.crash();
    void reactor.run();
    await reactor.advanceAsync(0);
    void call('first');
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual([]);
    slow.end();
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual(['first']);
    await reactor.finish();
  });

  it('C31, C63: nor is one open that was added again, after it had run before', async () => {
    const { reactor, slow, db, gate, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    await removeService(reactor, gate);
    slow.is = true;
    const changes = [restartService(reactor, db), addService(reactor, gate)].map((each) => each.catch(() => undefined));
    await reactor.advanceAsync(0);
    void reactor.stop();
    void call('late');
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['late: ReactorStoppingError']);
    reactor.crash();
    await Promise.all(changes);
    void reactor.run();
    void call('first');
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual([]);
    slow.end();
    await reactor.advanceAsync(0);
    expect(ran.slice(1)).toEqual(['first']);
    await reactor.finish();
  });
});

describe('a restart of a gate', () => {
  it('C60, C62: a stop refuses the calls that wait for it', async () => {
    const { reactor, slow, db, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    slow.is = true;
    const restarted = restartService(reactor, db).catch(() => undefined);
    await reactor.advanceAsync(0);
    void call('waiting');
    await reactor.advanceAsync(0);
    expect(ran).toEqual([]);
    void reactor.stop();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['waiting: ReactorStoppingError']);
    slow.end();
    await reactor.finish();
    await restarted;
  });

  it('C31, C62: one that a crash has cut goes on in the next run, and calls wait for it', async () => {
    const { reactor, slow, db, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    slow.is = true;
    const restarted = restartService(reactor, db).catch(() => undefined);
    await reactor.advanceAsync(0);
    reactor.crash();
    await restarted;
    void reactor.run();
    await reactor.advanceAsync(0);
    void call('first');
    await reactor.advanceAsync(0);
    expect(ran).toEqual([]);
    slow.end();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['first']);
    await reactor.finish();
  });
});

describe('a gate that closes', () => {
  async function open(options = {}) {
    const sources: unknown[] = [];
    const bench = create({ onError: (_error, source) => sources.push(source) });
    const gate: Gate = bench.reactor.use(inFlight('jobs', options));
    await bench.reactor.start();
    return { ...bench, sources, gate };
  }

  it.each(['a stop', 'an escalation'])(
    'C62: at %s refuses work whose slot it has given, and whose function was not called yet',
    async (how) => {
      const { reactor, gate } = await open({ concurrency: 1 });
      let end = (): void => undefined;
      const first = gate.run(() => new Promise<void>((resolve) => (end = resolve)));
      let isCalled = false;
      const second = gate.run(() => (isCalled = true));
      second.catch(() => undefined);
      const closes = (async () => {
        while (gate.status?.() !== '1 running, 0 waiting') await Promise.resolve();
        // Before the promise job that calls the function.
        if (how === 'an escalation') reactor.escalate();
        void reactor.stop();
        reactor.advance(0);
      })();
      end();
      await first;
      await closes;
      await expect(second).rejects.toBeInstanceOf(ReactorStoppingError);
      expect(isCalled).toBe(false);
      await reactor.finish();
    },
  );

  it('C62: the drain is a timed call with its name, and the reason of the signals says for how long it has waited', async () => {
    const { reactor, gate } = await open({ drainTimeout: 100 });
    const reasons: unknown[] = [];
    void gate.run(
      ({ signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            resolve();
          });
        }),
    );
    void reactor.stop();
    await reactor.advanceAsync(0);
    expect(reactor.pending().map(({ name }) => name)).toContain('drain jobs');
    await reactor.finish();
    expect(reasons).toEqual([new TimeoutError('The gate "jobs" doesn\'t wait longer than 100 ms: end now', 100)]);
  });

  it('C62: one onAbandoned that fails has failed the stop with its error', async () => {
    const { reactor, gate } = await open({ drainTimeout: 100 });
    const error = new Error('no queue');
    void gate.run(() => new Promise(() => undefined), { onAbandoned: () => Promise.reject(error) });
    const result = await reactor.finish();
    expect(causes(result)).toEqual([error]);
    expect(causes(result)[0]).toBe(error);
  });

  it('C32, C62: one that fails once nobody waits is reported as an error of the gate', async () => {
    const { reactor, gate, sources } = await open();
    void gate.run(() => new Promise(() => undefined), { onAbandoned: () => sleep(reactor, 1).then(() => undefined) });
    void gate.run(() => new Promise(() => undefined), { onAbandoned: () => Promise.reject(new Error('no queue')) });
    void reactor.stop();
    await reactor.advanceAsync(0);
    reactor.escalate();
    await reactor.advanceAsync(0);
    expect(sources).toContainEqual({ kind: 'service', name: 'jobs' });
    await reactor.finish();
  });
});

describe('wrong arguments', () => {
  it.each([
    ['5', TypeError],
    [null, TypeError],
    [Symbol('five'), TypeError],
    [5n, TypeError],
    [0, RangeError],
    [NaN, RangeError],
    [1.5, RangeError],
  ])('C62: a concurrency of %p is refused', (concurrency, type) => {
    const make = (): unknown => inFlight('jobs', { concurrency: concurrency as number }); // as: callers without types
    expect(make).toThrow(type);
    expect(make).toThrow('The concurrency of gate "jobs" is ');
  });

  it('C62, C65: unknown keys of run() and free() are named with their gate', () => {
    const gate = inFlight('jobs');
    expect(() => gate.run(() => 1, { onabandoned: 1 } as never)).toThrow('run() of gate "jobs" has no option');
    expect(() => gate.free({ signl: 1 } as never)).toThrow('free() of gate "jobs" has no option');
  });
});
