import { describe, expect, it } from '@jest/globals';
import { background, health, inFlight, resource, type ServiceHost, sleep } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';
import { first, ignore, never, running, startup } from './health-bench.ts';

describe('health()', () => {
  it('C61: it has live, ready, and each service with its state and age', async () => {
    const app = new ManualReactor();
    const db = app.use({ name: 'db', startup, status: () => '3 connections', affectsReadiness: true });
    app.use({ name: 'http', needs: [db], startup });
    expect(await health(app)).toMatchObject({ live: false, ready: false, state: 'idle' });
    await app.start();
    app.advance(1_500);
    const common = { state: 'started', health: 'up', detail: undefined, attempts: 1, age: 1_500 };
    expect(await health(app)).toEqual({
      live: true,
      ready: true,
      state: 'running',
      services: [
        { ...common, name: 'db', status: '3 connections', affectsReadiness: true },
        { ...common, name: 'http', status: undefined, affectsReadiness: false },
      ],
    });
    await app.finish();
    expect(await health(app)).toMatchObject({
      live: false,
      ready: false,
      state: 'stopped',
      services: [{ state: 'stopped', health: 'down' }, {}],
    });
  });

  it.each([true, false])(
    'C61: ready depends only on services with affectsReadiness: true (affectsReadiness: %s)',
    async (affectsReadiness) => {
      const app = await running({ health: () => 'down', affectsReadiness });
      expect(await health(app)).toMatchObject({ live: true, ready: !affectsReadiness });
      await app.finish();
    },
  );

  it('C61: a service that is not started is down, and its health() is not called', async () => {
    let calls = 0;
    const app = new ManualReactor({ autojump: true });
    app.use({ name: 'db', startup: { during: never }, health: () => (calls++, 'up'), affectsReadiness: true });
    const run = app.run();
    expect(await health(app)).toMatchObject({
      live: true,
      ready: false,
      services: [{ state: 'starting', health: 'down' }],
    });
    app.escalate();
    await run.catch(() => undefined);
    expect(calls).toBe(0);
  });

  it('C61: a program is not live after its shutdown was escalated', async () => {
    const app = new ManualReactor({ onError: () => undefined, limits: { shutdown: { deadline: 100 } } });
    const seen: boolean[] = [];
    app.use({ name: 'db', startup, shutdown: { during: never } });
    app.on('shutdown', { during: never, after: async () => void seen.push((await health(app)).live) });
    await app.start();
    const ended = app.stop();
    await app.advanceAsync(50);
    seen.push((await health(app)).live);
    await app.advanceAsync(50);
    await ended;
    expect(seen).toEqual([true, false]);
  });

  it.each([{}, null, undefined, 'app'])('C61: health(%j) rejects with a TypeError', async (app) => {
    await expect(health(app as ServiceHost)).rejects.toThrow(TypeError);
  });

  it('C61: the age counts from the start of the service, and an answer is reused for less than one second, also late in a run', async () => {
    let asked = 0;
    const app = new ManualReactor();
    app.advance(10_000);
    app.use({ name: 'db', startup, health: () => (asked++ > 0 ? 'down' : 'up') });
    await app.start();
    app.advance(5_000);
    expect(first(await health(app))).toMatchObject({ health: 'up', age: 5_000 });
    app.advance(999);
    expect(first(await health(app))).toMatchObject({ health: 'up', age: 5_999 });
    app.advance(1);
    expect(first(await health(app))).toMatchObject({ health: 'down', age: 6_000 });
    await app.finish();
  });

  it('C61: a service that begins to stop before its answer comes is down, with the detail of the answer', async () => {
    let answer: (value: unknown) => void = () => undefined;
    let stopped: () => void = () => undefined;
    const app = await running({
      health: () => new Promise<never>((resolve) => (answer = resolve as (value: unknown) => void)),
      shutdown: { during: () => new Promise<void>((resolve) => (stopped = resolve)) },
    });
    const asking = health(app);
    expect(app.pending().map(({ name }) => name)).toContain('health of db');
    void app.stop();
    await app.advanceAsync(0);
    answer({ status: 'up', detail: 'lag 2 s' });
    expect(first(await asking)).toMatchObject({ state: 'stopping', health: 'down', detail: 'lag 2 s' });
    stopped();
    await app.finish();
  });

  it('C61: attempts is 0 before the start, 1 after it, and one more for each failure in a row', async () => {
    const app = new ManualReactor({ logger: { info: ignore, warn: ignore, error: ignore } });
    const restart = { delay: 1_000, jitter: 0 };
    const counts = async (): Promise<number[]> => (await health(app)).services.map(({ attempts }) => attempts);
    let lost: (error: unknown) => void = ignore;
    let fails = false;
    app.use(inFlight('jobs'));
    app.use(
      resource(
        'db',
        (context) => {
          lost = (error) => {
            context.lost(error);
          };
          if (fails) throw new Error('refused');
        },
        undefined,
        { restart, retry: { ...restart, giveUpAfter: 3 } },
      ),
    );
    app.use(
      background('worker', ({ clock }) => sleep(clock, 100).then(() => Promise.reject(new Error('no'))), { restart }),
    );
    expect(await counts()).toEqual([0, 0, 0]);
    await app.start();
    expect(await counts()).toEqual([1, 1, 1]);
    fails = true;
    lost(new Error('gone'));
    await app.advanceAsync(100);
    expect(await counts()).toEqual([1, 2, 2]);
    await app.advanceAsync(1_800); // the restart came after 1 s, and has been retried once
    expect((await counts())[1]).toBe(2);
    await app.advanceAsync(1_000);
    expect((await counts())[1]).toBe(3);
    app.crash();
  });
});
