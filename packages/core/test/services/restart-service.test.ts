import { describe, expect, it } from '@jest/globals';

import { restartService, type RunResult } from '@triphase/core';

import { stateOf, LiveServices } from './live-services.ts';

describe('restartService', () => {
  it('C60: stops the service and those that need it, in order, with the reason, and starts all again', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('cache', { needs: [db] });
    live.use('other');
    await live.start();
    const restart = restartService(live.reactor, db);
    expect(await stateOf(restart)).toBe('done');
    expect(live.takeLog()).toBe('-cache -db +db +cache');
    expect(live.reasons).toEqual(['-cache restart db', '-db restart db']);
    expect(live.reactor.state).toBe('running');
    live.reactor.crash();
  });

  it('C60: stop and start go phase by phase, and each phase waits for the one before', async () => {
    const live = new LiveServices();
    const phases = ['before', 'during', 'after'] as const;
    const db = live.use('db', { phases });
    live.use('web', { phases, needs: [db] });
    await live.start();
    live.slow.add('-web before').add('+db during');
    const restart = restartService(live.reactor, db);
    await live.rest();
    expect(live.takeLog()).toBe('-web before');
    await live.settle('-web before');
    expect(live.takeLog()).toBe(
      '-db before -web during -db during -web after -db after +db before +web before +db during',
    );
    expect(await stateOf(restart)).toBe('pending');
    await live.settle('+db during');
    expect(live.takeLog()).toBe('+web during +db after +web after');
    expect(await stateOf(restart)).toBe('done');
  });

  it('C60: a second request for the same joins the first', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const first = restartService(live.reactor, db);
    const second = restartService(live.reactor, db);
    await live.rest();
    await live.settle('-db');
    expect(await stateOf(first)).toBe('done');
    expect(await stateOf(second)).toBe('done');
    expect(live.takeLog()).toBe('-db +db');
  });

  it('C60: restarts that share services run one after the other, others side by side', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    const log = live.use('log');
    await live.start();
    live.slow.add('-db').add('-log');
    const all = [
      restartService(live.reactor, db),
      restartService(live.reactor, web),
      restartService(live.reactor, log),
    ];
    await live.rest();
    expect(live.takeLog()).toBe('-web -db -log');
    await live.settle('-db');
    expect(live.takeLog()).toBe('+db +web -web +web');
    await live.settle('-log');
    expect(live.takeLog()).toBe('+log');
    for (const one of all) expect(await stateOf(one)).toBe('done');
  });

  it('C60: a start that fails ends the program, with the error once in the result', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    const run = live.reactor.run();
    await live.rest();
    live.takeLog();
    const error = new Error('no route');
    live.failing.set('+db', error);
    const restart = restartService(live.reactor, db);
    await live.rest();
    expect(await stateOf(restart)).toBe('failed: no route');
    const result: RunResult = await run;
    expect(result.reason).toEqual({ kind: 'service-failed', service: 'db', cause: error });
    expect(live.takeLog()).toBe('-web -db +db');
    expect(live.errors).toEqual([error]);
    expect(result.errors.map((each) => each.cause ?? each)).toEqual([error]);
    expect(live.state(web)).toBe('stopped');
  });

  it('C60: a service whose stop times out is not started while it may still run', async () => {
    const live = new LiveServices({ limits: { shutdown: { during: 100 } } });
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    const run = live.reactor.run();
    await live.rest();
    live.takeLog();
    live.slow.add('-web');
    const restart = restartService(live.reactor, db);
    await live.rest();
    live.reactor.advance(100);
    await live.rest();
    expect(await stateOf(restart)).toContain('failed: Service "web" (shutdown, during) timed out after 100 ms');
    const result = await run;
    expect(result.reason).toMatchObject({ kind: 'service-failed', service: 'web' });
    expect(live.takeLog()).toBe('-web -db');
    expect(result.errors).toHaveLength(1);
    expect(live.errors).toHaveLength(1);
    expect(live.state(web)).toBe('failed');
  });

  it.each(['idle', 'starting', 'stopping', 'stopped'])('C60: rejects while %s', async (state) => {
    const live = new LiveServices();
    const db = live.use('db');
    if (state === 'starting') live.slow.add('+db');
    if (state === 'stopping') live.slow.add('-db');
    if (state !== 'idle') void live.reactor.run();
    await live.rest();
    if (state === 'stopping' || state === 'stopped') void live.reactor.stop();
    await live.rest();
    expect(live.reactor.state).toBe(state);
    expect(await stateOf(restartService(live.reactor, db))).toContain(`(state: ${state})`);
  });

  it('C60: a service that is not used is refused', async () => {
    const live = new LiveServices();
    await live.start();
    expect(await stateOf(restartService(live.reactor, live.service('db')))).toContain('Service "db" isn\'t used');
    expect(() => restartService({} as never, live.service('db'))).toThrow('is no reactor');
  });

  it('C60: a stop during the stopping part lets it finish; then shutdown fires, and nothing is started', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    live.use('other');
    await live.start();
    live.slow.add('-db');
    const restart = restartService(live.reactor, db);
    const run = live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-web -db');
    await live.settle('-db');
    expect(live.takeLog()).toBe('-other');
    expect(await stateOf(restart)).toContain('failed: This change of services was not over');
    expect((await run).errors).toEqual([]);
  });

  it('C60: a stop during the start cuts it, and the services that have started are stopped', async () => {
    const live = new LiveServices();
    const db = live.use('db', { phases: ['before', 'during'] });
    await live.start();
    live.slow.add('+db before');
    const restart = restartService(live.reactor, db);
    await live.rest();
    live.takeLog();
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('');
    await live.settle('+db before');
    expect(live.takeLog()).toBe('-db before -db during');
    expect(live.reactor.state).toBe('stopped');
    expect(await stateOf(restart)).toContain('failed: This change of services was not over');
  });

  it('C60: escalate() calls the remaining stops without waiting, and each abandoned one is an error', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    const run = live.reactor.run();
    await live.rest();
    live.takeLog();
    live.slow.add('-web');
    const restart = restartService(live.reactor, db);
    live.reactor.escalate();
    await live.rest();
    expect(live.takeLog()).toBe('-web -db');
    const result = await run;
    expect(result.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('Service "web" (shutdown, during) was abandoned') as unknown,
    ]);
    expect(await stateOf(restart)).toContain('was abandoned');
  });

  it('C60: the deadline of shutdown ends a stopping part that is under way', async () => {
    const live = new LiveServices({ limits: { shutdown: { deadline: 1_000 } } });
    const db = live.use('db');
    const run = live.reactor.run();
    await live.rest();
    live.takeLog();
    live.slow.add('-db');
    void restartService(live.reactor, db);
    live.reactor.advance(900);
    await live.rest();
    void live.reactor.stop();
    live.reactor.advance(100);
    await live.rest();
    const result = await run;
    expect(result.errors.map((each) => (each.cause as Error | undefined)?.message ?? each.message)).toEqual([
      expect.stringContaining('timed out after 1000 ms') as unknown,
    ]);
  });

  it('C60: a crash rejects it, and the next run starts the services that it had stopped', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    await live.start();
    live.slow.add('-db');
    const restart = restartService(live.reactor, db);
    await live.rest();
    live.reactor.crash();
    await live.rest();
    expect(live.takeLog()).toBe('-web -db');
    expect(await stateOf(restart)).toContain('failed: This change of services was not over');
    live.slow.clear();
    const run = live.reactor.run();
    await live.rest();
    expect(live.takeLog()).toBe('+web');
    expect(live.state(web)).toBe('started');
    void live.reactor.stop();
    await live.rest();
    await run;
    expect(live.takeLog()).toBe('-web -db');
  });

  it('C60: after a crash during the start, the next run starts the remaining services', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    live.slow.add('+db');
    void restartService(live.reactor, db);
    await live.rest();
    live.reactor.crash();
    live.slow.clear();
    live.takeLog();
    const run = live.reactor.run();
    await live.rest();
    expect(live.takeLog()).toBe('+db +web');
    void live.reactor.stop();
    await live.rest();
    await run;
    expect(live.takeLog()).toBe('-web -db');
  });

  it('C60: pending() names the service that a restart waits for', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    live.slow.add('-web');
    void restartService(live.reactor, db);
    await live.rest();
    expect(
      live.reactor.pending().map(({ name, event, phase, kind }) => `${kind} ${name} ${String(event)} ${String(phase)}`),
    ).toEqual(['service web shutdown during']);
    live.reactor.crash();
  });

  it('C32, C60: a service that outlives one phase of its stop still goes through the next one', async () => {
    const live = new LiveServices({ limits: { shutdown: { during: 50 } } });
    const db = live.use('db', { phases: ['during', 'after'] });
    await live.start();
    live.slow.add('-db during');
    const restarted = restartService(live.reactor, db);
    live.reactor.advance(50);
    await live.rest();
    expect([live.takeLog(), live.reactor.state]).toEqual(['-db during -db after', 'stopped']);
    expect(await stateOf(restarted)).toMatch('failed: ');
  });
});
