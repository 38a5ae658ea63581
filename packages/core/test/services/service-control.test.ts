import { describe, expect, it } from '@jest/globals';

import { addService, health, removeService, restartService, type Observer, type Service } from '@triphase/core';

import { serviceControl } from '../../src/services/service-control.ts';
import { serviceSettings } from '../../src/services/service-settings.ts';
import { how, LiveServices } from './live-services.ts';

const alone = (service: Service) => ({
  dependants: false,
  reason: { kind: 'restart', service: service.name },
});

describe('a service that goes down by itself', () => {
  it('C59: is restarted alone: those that need it stay up', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    control.down(db);
    expect(live.state(db)).toBe('failed');
    expect(await how(control.restart(db, alone(db)))).toBe('done');
    expect(live.said()).toBe('-db +db');
    expect(live.state(db)).toBe('started');
    expect(live.state(web)).toBe('started');
    void live.reactor.stop();
    await live.rest();
    expect(live.said()).toBe('-web -db');
  });

  it('C59: with its dependants, in order', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    control.down(db);
    expect(await how(control.restart(db, { ...alone(db), dependants: true }))).toBe('done');
    expect(live.said()).toBe('-web -db +db +web');
    live.reactor.crash();
  });

  it('C60: holds back those that start; they follow when it is up', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    const control = serviceControl(live.reactor);
    control.down(db);
    const web = live.service('web', { needs: [db] });
    const added = addService(live.reactor, web);
    const other = addService(live.reactor, live.service('other', { needs: [web] }));
    await live.rest();
    expect(live.said()).toBe('');
    expect(live.reactor.pending()).toMatchObject([
      { name: 'web', status: 'waits for db' },
      { name: 'other', status: 'waits for web' },
    ]);
    expect(await how(control.restart(db, alone(db)))).toBe('done');
    await live.rest();
    expect(live.said()).toBe('-db +db +web +other');
    expect(await how(added)).toBe('done');
    expect(await how(other)).toBe('done');
    live.reactor.crash();
  });

  it('C60: holds back a start that is between two phases, which goes on from there', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    const control = serviceControl(live.reactor);
    live.slow.add('+web before');
    const added = addService(live.reactor, live.service('web', { needs: [db], phases: ['before', 'during'] }));
    await live.rest();
    control.down(db);
    await live.settle('+web before');
    expect(live.said()).toBe('+web before');
    expect(await how(added)).toBe('pending');
    expect(await how(control.restart(db, alone(db)))).toBe('done');
    await live.rest();
    expect(live.said()).toBe('-db +db +web during');
    expect(await how(added)).toBe('done');
    live.reactor.crash();
  });

  it('C60: two that need each other’s end do not wait for ever', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    live.slow.add('+web');
    control.down(web);
    const first = control.restart(web, alone(web));
    await live.rest();
    control.down(db); // while web starts, which needs it
    const second = control.restart(db, alone(db));
    await live.rest();
    expect(live.said()).toBe('-web +web -db +db');
    expect(await how(second)).toBe('done');
    await live.settle('+web');
    expect(await how(first)).toBe('done');
    expect([db, web].map((service) => live.state(service))).toEqual(['started', 'started']);
    live.reactor.crash();
  });

  it('C60: is not stopped while one that needs it starts', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    const control = serviceControl(live.reactor);
    live.slow.add('+web');
    const added = addService(live.reactor, live.service('web', { needs: [db] }));
    const restart = control.restart(db, alone(db));
    await live.rest();
    expect(live.said()).toBe('+web');
    await live.settle('+web');
    expect(live.said()).toBe('-db +db');
    expect(await how(added)).toBe('done');
    expect(await how(restart)).toBe('done');
    live.reactor.crash();
  });

  it('C60: what needs it and has a shutdown is still stopped, also without startup functions', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.reactor.use({ name: 'web', needs: [db], shutdown: { during: () => live.log.push('-web') } });
    await live.start();
    serviceSettings.set(db, {});
    live.failing.set('+db', new Error('no route'));
    const control = serviceControl(live.reactor);
    control.down(db);
    await how(control.restart(db, alone(db)));
    await live.rest();
    expect(live.said()).toBe('-db +db -web');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C31: starts anew in the next run after a crash', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    serviceControl(live.reactor).down(db);
    live.reactor.crash();
    await live.start();
    expect(live.state(db)).toBe('started');
    void live.reactor.stop();
    await live.rest();
    expect(live.said()).toBe('-db');
  });
});

describe('a start that fails while the reactor runs', () => {
  /** A service with a policy that takes its failures. */
  const withPolicy = (live: LiveServices, needs: readonly Service[] = []): [Service, unknown[]] => {
    const service = live.service('worker', { needs });
    const taken: unknown[] = [];
    serviceSettings.set(service, {
      startFailed: (error) => {
        taken.push(error);
        return true;
      },
    });
    return [live.reactor.use(service), taken];
  };

  it('C59: is given to its policy, which alone reports it, and the program goes on', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const [worker, taken] = withPolicy(live, [db]);
    await live.start();
    const error = new Error('no queue');
    live.failing.set('+worker', error);
    expect(await how(restartService(live.reactor, db))).toBe('failed: no queue');
    expect(taken).toEqual([error]);
    expect(live.errors).toEqual([]);
    expect(live.reactor.state).toBe('running');
    expect([db, worker].map((service) => live.state(service))).toEqual(['started', 'failed']);
    live.failing.clear();
    expect(await how(serviceControl(live.reactor).restart(worker, alone(worker)))).toBe('done');
    expect(live.said()).toBe('-worker -db +db +worker +worker');
    live.reactor.crash();
  });

  it('C59: one that waits for its policy is not started by the restart of another', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const [worker] = withPolicy(live, [db]);
    await live.start();
    serviceControl(live.reactor).down(worker);
    expect(await how(restartService(live.reactor, db))).toBe('done');
    expect(live.said()).toBe('-worker -db +db');
    expect(await how(serviceControl(live.reactor).restart(worker, alone(worker)))).toBe('done');
    expect(live.said()).toBe('+worker');
    live.reactor.crash();
  });
});

describe('the control', () => {
  it('C58: isNeeded tells whether something that has started needs it', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    const control = serviceControl(live.reactor);
    expect(control.isNeeded(db)).toBe(false);
    await live.start();
    expect(control.isNeeded(db)).toBe(true);
    expect(control.isNeeded(web)).toBe(false);
    await removeService(live.reactor, web);
    expect(control.isNeeded(db)).toBe(false);
    live.reactor.crash();
  });

  it('C61: health shows the states, and since when', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.reactor.advance(5);
    await live.start();
    live.reactor.advance(7);
    live.slow.add('+db');
    void restartService(live.reactor, db);
    await live.rest();
    live.reactor.advance(2);
    expect((await health(live.reactor)).services).toMatchObject([{ name: 'db', state: 'starting', age: 2 }]);
    live.reactor.advance(3);
    await live.settle('+db');
    live.reactor.advance(4);
    expect((await health(live.reactor)).services).toMatchObject([{ name: 'db', state: 'started', age: 4 }]);
    live.reactor.crash();
  });

  it('C58: failProgram stops with the reason, and the error is once in the result', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const run = live.reactor.run();
    await live.rest();
    const error = new Error('lost');
    const reason = { kind: 'service-failed', service: 'db', cause: error };
    const control = serviceControl(live.reactor);
    control.failProgram(reason, error);
    control.failProgram(reason, error);
    await live.rest();
    const result = await run;
    expect(result.reason).toEqual(reason);
    expect(result.errors).toHaveLength(1);
    expect(live.state(db)).toBe('stopped');
  });

  it('C26: failProgram while starting is a failed start', async () => {
    const live = new LiveServices();
    live.use('db');
    live.slow.add('+db');
    const run = live.reactor.run();
    run.catch(() => undefined);
    await live.rest();
    const error = new Error('lost');
    serviceControl(live.reactor).failProgram({ kind: 'service-failed', service: 'db', cause: error }, error);
    await live.settle('+db');
    await expect(run).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STARTUP_FAILED' });
    await expect(run).rejects.toThrow('lost');
  });

  it('C46, C60: the observer is told why a part is stopped and started', async () => {
    const seen: unknown[] = [];
    const observer: Observer = {
      firing: (step, { event, reason }) => {
        seen.push([step, event, reason]);
      },
      trigger: (step, { name, reason }) => {
        if (step === 'start') seen.push([name, reason?.kind]);
      },
    };
    const live = new LiveServices({ observer });
    const db = live.use('db');
    await live.start();
    seen.length = 0;
    await restartService(live.reactor, db);
    const reason = { kind: 'restart', service: 'db' };
    expect(seen).toEqual([
      ['start', 'shutdown', reason],
      ['db', 'restart'],
      ['end', 'shutdown', reason],
      ['start', 'startup', reason],
      ['db', 'restart'],
      ['end', 'startup', reason],
    ]);
    live.reactor.crash();
  });
});
