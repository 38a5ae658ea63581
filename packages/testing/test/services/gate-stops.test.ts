import { describe, expect, it } from '@jest/globals';
import { type Gate, inFlight, ReactorStoppingError, sleep, TimeoutError } from '@triphase/core';
import { causes, create, outcome } from './service-bench.ts';

it('C62: a gate rejects calls after a run that began and ended before the gate could open', async () => {
  const { reactor } = create();
  reactor.on('startup', { before: () => new Promise<void>(() => undefined) });
  const gate = reactor.use(inFlight('jobs'));
  const waiting = gate.run(() => 1);
  void reactor.run();
  await reactor.advanceAsync(0);
  reactor.crash();
  // The whole next run, before any promise job.
  void reactor.run();
  reactor.escalate();
  reactor.advance(0);
  expect(reactor.state).toBe('stopped');
  await expect(waiting).rejects.toBeInstanceOf(ReactorStoppingError);
  await expect(gate.run(() => 1)).rejects.toBeInstanceOf(ReactorStoppingError);
  await expect(gate.free()).rejects.toBeInstanceOf(ReactorStoppingError);
});

describe('a gate at a stop', () => {
  async function open(options = {}) {
    const sources: unknown[] = [];
    const bench = create({ onError: (_error, source) => sources.push(source) });
    const gate: Gate = bench.reactor.use(inFlight('jobs', options));
    await bench.reactor.start();
    return { ...bench, sources, gate };
  }

  it.each(['a stop', 'an escalation'])(
    'C62: at %s a call that has a slot, and whose function was not called yet, rejects',
    async (how) => {
      const { reactor, gate } = await open({ concurrency: 1 });
      let end = (): void => undefined;
      const first = gate.run(() => new Promise<void>((resolve) => (end = resolve)));
      let isCalled = false;
      const second = gate.run(() => (isCalled = true));
      second.catch(() => undefined);
      const closes = (async () => {
        while (gate.status?.() !== '1 running, 0 waiting') await Promise.resolve();
        // The call has its slot; its function is called one promise job later.
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

  it('C62: drainTimeout is a timed call with the name of the gate, and the reason of the signals has its milliseconds', async () => {
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

  it('C62: the error of an onAbandoned that fails is in the result of the stop', async () => {
    const { reactor, gate } = await open({ drainTimeout: 100 });
    const error = new Error('no queue');
    void gate.run(() => new Promise(() => undefined), { onAbandoned: () => Promise.reject(error) });
    const result = await reactor.finish();
    expect(causes(result)).toEqual([error]);
    expect(causes(result)[0]).toBe(error);
  });

  it('C32, C62: the error of an onAbandoned that fails at escalate() is reported with the gate as source', async () => {
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

  it('C62: waiting and later calls reject at a stop, also when the kind of its reason is restart', async () => {
    const { reactor } = create();
    const gate = reactor.use(inFlight('jobs', { concurrency: 1 }));
    await reactor.start();
    let end: () => void = () => undefined;
    void gate.run(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const waiting = outcome(gate.run(() => 1));
    void reactor.stop({ kind: 'restart' });
    await reactor.advanceAsync(1);
    const late = outcome(gate.run(() => 2));
    expect(gate.status?.()).toBe('1 running, 0 waiting');
    end();
    await reactor.finish();
    expect([await waiting, await late]).toEqual(['ReactorStoppingError', 'ReactorStoppingError']);
  });
});
