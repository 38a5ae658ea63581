import { describe, expect, it } from '@jest/globals';
import { addService, background, type BackgroundContext, restartService } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';
import { ControlledBody, message } from './controlled-body.ts';
import { create, noting } from './service-bench.ts';

/** A reactor, and what was reported and logged. */
function watched(): { reactor: ManualReactor; reported: unknown[]; logged: string[] } {
  const reported: unknown[] = [];
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
  };
  const reactor = new ManualReactor({
    onError: (error) => {
      reported.push(error);
    },
    logger: { info: log, warn: log, error: log },
  });
  return { reactor, reported, logged };
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : typeof error),
  );
}

describe('one background in two reactors', () => {
  it('C58: is refused while its body runs, and allowed once that has ended', async () => {
    const [one, other] = [create().reactor, create().reactor];
    const calls = new ControlledBody();
    const worker = background('worker', calls.body);
    one.use(worker);
    await one.start();
    expect(() => other.use(worker)).toThrow(TypeError);
    expect(() => other.use(worker)).toThrow('runs in another reactor');
    const stopped = one.finish();
    calls.end(0);
    await stopped;
    other.use(worker);
    await other.start();
    expect(calls.count).toBe(2);
    const otherStopped = other.finish();
    calls.end(1);
    await otherStopped;
  });
});

describe('a call of a background that goes on after a crash', () => {
  /** A body that was getting ready when the reactor crashed, and the next run, whose start waits for it. */
  async function restarted() {
    const bench = create();
    const calls = new ControlledBody();
    bench.reactor.use(background('worker', calls.body, { manualReady: true }));
    void bench.reactor.run();
    await bench.reactor.advanceAsync(0);
    bench.reactor.crash();
    expect(calls.contexts[0]?.cut.aborted).toBe(true);
    const ended = bench.reactor.run();
    ended.catch(() => undefined);
    await bench.reactor.advanceAsync(0);
    expect(calls.count).toBe(1);
    return { ...bench, calls, ended };
  }

  it('C31, C58: the start that has waited for its end fails when the next call does', async () => {
    const { reactor, errors, calls, ended } = await restarted();
    calls.end(0);
    await reactor.advanceAsync(0);
    expect([calls.count, reactor.state]).toEqual([2, 'starting']);
    calls.fail(1, new Error('no'));
    await reactor.advanceAsync(0);
    expect(reactor.state).toBe('stopped');
    await expect(ended).rejects.toThrow('no');
    expect(errors).toEqual([new Error('no')]);
  });

  it('C29, C31: a start that is cut while it waits for that calls nothing', async () => {
    const { reactor, errors, calls, ended } = await restarted();
    const stopped = reactor.stop();
    await reactor.advanceAsync(0);
    calls.end(0);
    await reactor.advanceAsync(0);
    expect([calls.count, reactor.state]).toEqual([1, 'stopped']);
    await Promise.all([stopped, ended]);
    expect(errors).toEqual([]); // it has ended as it was told (C29)
  });

  it('C31, C63: an addition that has outlived its limit is added again in the next run: the body is called once more', async () => {
    const { reactor, errors } = create();
    const calls = new ControlledBody();
    const worker = background('worker', calls.body, { manualReady: true, timeout: { start: 100 } });
    await reactor.start();
    const first = addService(reactor, worker).catch(message);
    await reactor.advanceAsync(200);
    expect(await first).toMatch('timed out');
    reactor.crash();
    await reactor.start();
    const second = addService(reactor, worker);
    await reactor.advanceAsync(0);
    expect(calls.count).toBe(1);
    calls.end(0);
    await reactor.advanceAsync(0);
    calls.contexts[1]?.ready();
    await reactor.advanceAsync(0);
    await second;
    expect(calls.count).toBe(2);
    // A stop that a crash cuts has told the second call. When that ends, nothing waits for it: the service is restarted.
    const restart = restartService(reactor, worker).catch(message);
    await reactor.advanceAsync(0);
    reactor.crash();
    await restart;
    await reactor.start();
    calls.end(1);
    await reactor.advanceAsync(0);
    expect(calls.count).toBe(3);
    calls.contexts[2]?.ready();
    await reactor.advanceAsync(0);
    const stopped = reactor.finish();
    calls.end(2);
    await stopped;
    expect(errors.map(message)).toEqual([expect.stringContaining('timed out')]);
  });

  it.each(['ends', 'fails'])(
    'C31, C58: work on the clock of one that was told, and %s before the crash, holds the next call',
    async (how) => {
      const { reactor, errors } = create();
      const calls = new ControlledBody();
      const worker = reactor.use(background('worker', calls.body));
      const log: string[] = [];
      reactor.use(noting(log, 'web', [worker]));
      await reactor.start();
      let settle = (): void => undefined;
      calls.contexts[0]?.clock.waitUntil?.(new Promise<void>((resolve) => (settle = resolve)));
      const restart = restartService(reactor, worker).catch(message);
      await reactor.advanceAsync(0);
      if (how === 'ends') calls.end(0);
      else calls.fail(0, new Error('no'));
      await reactor.advanceAsync(0);
      reactor.crash();
      await restart;
      await reactor.start();
      await reactor.advanceAsync(1_000);
      expect(calls.count).toBe(1);
      log.length = 0;
      settle();
      await reactor.advanceAsync(0);
      expect([calls.count, log]).toEqual([2, []]); // alone
      const stopped = reactor.finish();
      calls.end(1);
      await stopped;
      expect(errors.map(message)).toEqual(how === 'ends' ? [] : ['no']);
    },
  );
});

describe('a background whose start has timed out', () => {
  it('C63: an addition that has outlived its limit is added again once its body has ended (C58)', async () => {
    const { reactor } = watched();
    await reactor.start();
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const body = async ({ ready, attempt }: BackgroundContext): Promise<void> => {
      most = Math.max(most, ++running);
      if (ends.length > 0) ready();
      expect(attempt).toBeGreaterThan(0);
      await new Promise<void>((resolve) => {
        ends.push(resolve);
      });
      running--;
    };
    const worker = background('worker', body, { manualReady: true, timeout: { start: 100 } });
    const first = outcome(addService(reactor, worker));
    await reactor.advanceAsync(200);
    expect(await first).toBe('TriggerTimeoutError');
    const second = outcome(addService(reactor, worker));
    await reactor.advanceAsync(10);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await reactor.advanceAsync(10);
    expect(await second).toBe('done');
    expect([ends.length, most]).toEqual([2, 1]);
    ends[1]?.();
    reactor.crash();
  });
});
