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

describe('a gate in the run after a crash', () => {
  it('C31, C62: holds calls until what it needs has started anew', async () => {
    const { reactor } = create();
    const starts: (() => void)[] = [];
    const pending = (): Promise<void> => new Promise((resolve) => starts.push(resolve));
    const db = reactor.use({ name: 'db', startup: { during: pending, after: pending } });
    const gate = reactor.use(inFlight('jobs', { needs: [db], concurrency: 1 }));
    const ran: string[] = [];
    const call = (name: string): void => {
      gate.run(() => ran.push(name)).catch(() => undefined);
    };
    void reactor.run();
    await reactor.advanceAsync(0);
    starts.pop()?.();
    await reactor.advanceAsync(0);
    let end = (): void => undefined;
    void gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    call('waiting');
    await reactor.advanceAsync(0);
    reactor.crash(); // the second function of db is pending: the next run starts it from the beginning
    void reactor.run();
    await reactor.advanceAsync(0);
    end();
    call('new');
    await reactor.advanceAsync(0);
    expect(ran).toEqual([]);
    for (const start of starts) start();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['waiting', 'new']);
    for (const start of starts) start();
    await reactor.finish();
  });

  it('C31, C62: stays closed once it has closed, though nobody has used it since the crash', async () => {
    const { reactor, slow, ran, gate, call } = withSlowNeed();
    slow.is = false;
    let close = (): void => undefined;
    reactor.on('shutdown', { during: () => new Promise<void>((resolve) => (close = resolve)) });
    await reactor.start();
    await gate.run(() => 1);
    reactor.crash();
    await reactor.start();
    void reactor.stop();
    await reactor.advanceAsync(0);
    void call('late');
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['late: ReactorStoppingError']);
    close();
    await reactor.finish();
  });

  it('C31, C60, C62: opens again where the crash has come while it closed for a restart', async () => {
    const { reactor, slow, gate, ran, call } = withSlowNeed();
    slow.is = false;
    await reactor.start();
    let end = (): void => undefined;
    void gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    const restarted = restartService(reactor, gate).catch(() => undefined);
    await reactor.advanceAsync(0);
    void call('waiting');
    reactor.crash();
    await restarted;
    await reactor.start();
    await reactor.advanceAsync(0);
    expect(ran).toEqual(['waiting']);
    end();
    await reactor.finish();
  });

  it('C31, C62: stopped before it has started, still waits for what is running before what it needs closes', async () => {
    const { reactor } = create();
    const log: string[] = [];
    const db = reactor.use(
      resource(
        'db',
        () => 1,
        () => log.push('db closes'),
      ),
    );
    const gate = reactor.use(inFlight('jobs', { needs: [db] }));
    await reactor.start();
    let end = (): void => undefined;
    const work = gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    void work.then(() => log.push('work ends'));
    await reactor.advanceAsync(0);
    reactor.crash();
    let start = (): void => undefined;
    reactor.on('startup', { before: () => new Promise<void>((resolve) => (start = resolve)) });
    void reactor.run();
    await reactor.advanceAsync(0);
    void reactor.stop();
    start();
    await reactor.advanceAsync(0);
    expect(log).toEqual([]);
    end();
    await reactor.finish();
    expect(log).toEqual(['work ends', 'db closes']);
  });
});

it('C62: a gate whose reactor has stopped refuses work at once, also where it heard of the stop too late', async () => {
  const { reactor } = create();
  reactor.on('startup', { before: () => new Promise<void>(() => undefined) });
  const gate = reactor.use(inFlight('jobs'));
  const waiting = gate.run(() => 1);
  void reactor.run();
  await reactor.advanceAsync(0);
  reactor.crash();
  // All of the next run, before a promise job.
  void reactor.run();
  reactor.escalate();
  reactor.advance(0);
  expect(reactor.state).toBe('stopped');
  await expect(waiting).rejects.toBeInstanceOf(ReactorStoppingError);
  await expect(gate.run(() => 1)).rejects.toBeInstanceOf(ReactorStoppingError);
  await expect(gate.free()).rejects.toBeInstanceOf(ReactorStoppingError);
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
    { concurrency: '5', type: TypeError },
    { concurrency: null, type: TypeError },
    { concurrency: Symbol('five'), type: TypeError },
    { concurrency: 5n, type: TypeError },
    { concurrency: 0, type: RangeError },
    { concurrency: NaN, type: RangeError },
    { concurrency: 1.5, type: RangeError },
  ])('C62: a concurrency of $concurrency is refused', ({ concurrency, type }) => {
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
