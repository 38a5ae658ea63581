import { describe, expect, it } from '@jest/globals';
import { addService, background, type BackgroundContext, restartService } from '@triphase/core';
import { ControlledBody, message } from './controlled-body.ts';
import { create, notingService, outcome } from './service-bench.ts';

describe('one background in two reactors', () => {
  it('C58: use() in a second reactor throws while the background runs in the first, and not after its end', async () => {
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
  /** Crashes a reactor while its background is not ready, and begins the next run. That run waits for the end of the first call. */
  async function crashedWhileStarting() {
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

  it('C31, C58: the next start waits for the end of that call, and fails when the second call fails', async () => {
    const { reactor, errors, calls, ended } = await crashedWhileStarting();
    calls.end(0);
    await reactor.advanceAsync(0);
    expect([calls.count, reactor.state]).toEqual([2, 'starting']);
    calls.fail(1, new Error('no'));
    await reactor.advanceAsync(0);
    expect(reactor.state).toBe('stopped');
    await expect(ended).rejects.toThrow('no');
    expect(errors).toEqual([new Error('no')]);
  });

  it('C29, C31: stop() in a start that waits for the end of that call: no second call is made', async () => {
    const { reactor, errors, calls, ended } = await crashedWhileStarting();
    const stopped = reactor.stop();
    await reactor.advanceAsync(0);
    calls.end(0);
    await reactor.advanceAsync(0);
    expect([calls.count, reactor.state]).toEqual([1, 'stopped']);
    await Promise.all([stopped, ended]);
    expect(errors).toEqual([]); // it ended as it was told to stop (C29)
  });

  it('C31, C63: a background whose addition timed out may be added again in the next run, and is called once more', async () => {
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
    // A restart, cut by a crash, has told the second call to stop. When that call ends in the next run, the background is called again.
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
    'C31, C58: pending work of a background that was told to stop, and %s before the crash, delays its next call',
    async (how) => {
      const { reactor, errors } = create();
      const calls = new ControlledBody();
      const worker = reactor.use(background('worker', calls.body));
      const log: string[] = [];
      reactor.use(notingService(log, 'web', [worker]));
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
      expect([calls.count, log]).toEqual([2, []]); // `web` is not restarted
      const stopped = reactor.finish();
      calls.end(1);
      await stopped;
      expect(errors.map(message)).toEqual(how === 'ends' ? [] : ['no']);
    },
  );
});

describe('a background whose start has timed out', () => {
  it('C58, C63: a background whose addition timed out is added again once its call has ended', async () => {
    const { reactor } = create();
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
