import { describe, expect, it } from '@jest/globals';

import { addService, ReactorStoppedError, restartService, type Service } from '@triphase/core';

import { stateOf, LiveServices } from './live-services.ts';

describe('addService', () => {
  it('C63: starts the service at once, through its three phases, and resolves with it', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    const tenant = live.service('tenant', { needs: [db], phases: ['before', 'during', 'after'] });
    live.slow.add('+tenant during');
    const added: Promise<Service> = addService(live.reactor, tenant);
    expect(live.takeLog()).toBe('+tenant before +tenant during');
    expect(await stateOf(added)).toBe('pending');
    await live.settle('+tenant during');
    expect(live.takeLog()).toBe('+tenant after');
    expect(await added).toBe(tenant);
    expect(live.state(tenant)).toBe('started');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-tenant before -tenant during -db -tenant after');
  });

  it('C63: asked for while starting, it starts when startup is over', async () => {
    const live = new LiveServices();
    live.use('db');
    live.slow.add('+db');
    void live.reactor.run();
    await live.rest();
    const added = addService(live.reactor, live.service('late'));
    await live.rest();
    expect(live.takeLog()).toBe('+db');
    await live.settle('+db');
    expect(live.takeLog()).toBe('+late');
    expect(await stateOf(added)).toBe('done');
    live.reactor.crash();
  });

  it('C63: asked for before the run, it starts when startup is over', async () => {
    const live = new LiveServices();
    live.use('db');
    const added = addService(live.reactor, live.service('late'));
    void live.reactor.run();
    await live.rest();
    expect(live.takeLog()).toBe('+db +late');
    expect(await stateOf(added)).toBe('done');
    live.reactor.crash();
  });

  it('C63: a service that needs another one that is being added starts after it', async () => {
    const live = new LiveServices();
    await live.start();
    const db = live.service('db');
    live.slow.add('+db');
    const first = addService(live.reactor, db);
    const second = addService(live.reactor, live.service('web', { needs: [db] }));
    await live.rest();
    expect(live.takeLog()).toBe('+db');
    await live.settle('+db');
    expect(live.takeLog()).toBe('+web');
    expect(await stateOf(first)).toBe('done');
    expect(await stateOf(second)).toBe('done');
    live.reactor.crash();
  });

  it('C52, C63: a service can need one without startup functions, though that one counts as started only after the last phase', async () => {
    const live = new LiveServices();
    const db = live.use('db', { phases: ['after'] });
    const pool = live.use('pool', { needs: [db], phases: [] });
    await live.start();
    expect(live.state(pool)).toBe('started');
    expect(await stateOf(addService(live.reactor, live.service('web', { needs: [pool] })))).toBe('done');
    expect(live.takeLog()).toBe('+web');
    live.reactor.crash();
  });

  it('C63: a failure rejects, is reported once, and the program goes on; the service is forgotten and may be added again', async () => {
    const live = new LiveServices();
    await live.start();
    const tenant = live.service('tenant');
    const error = new Error('full');
    live.failing.set('+tenant', error);
    const added = addService(live.reactor, tenant);
    expect(await stateOf(added)).toBe('failed: full');
    expect(live.errors).toEqual([error]);
    expect(live.reactor.state).toBe('running');
    expect(live.state(tenant)).toBe('none');
    live.failing.clear();
    expect(await stateOf(addService(live.reactor, tenant))).toBe('done');
    expect(live.takeLog()).toBe('+tenant +tenant');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-tenant');
  });

  it('C63: when it fails, the services of its attach are stopped, and an addition that needs it is refused', async () => {
    const live = new LiveServices();
    await live.start();
    const owned = live.service('owned');
    const tenant: Service = {
      ...live.service('tenant', { phases: ['before', 'during'] }),
      attach: (app) => {
        app.use(owned);
      },
    };
    live.slow.add('+tenant during');
    const added = addService(live.reactor, tenant);
    const needing = live.service('needing', { needs: [tenant] });
    const second = addService(live.reactor, needing);
    await live.rest();
    expect(live.takeLog()).toBe('+tenant before +tenant during +owned');
    await live.settle('+tenant during', new Error('full'));
    expect(live.takeLog()).toBe('-owned');
    expect(await stateOf(added)).toBe('failed: full');
    expect(await stateOf(second)).toContain('Service "needing" was removed, since "tenant" failed to start');
    expect(live.errors).toHaveLength(1);
    expect([tenant, owned, needing].map((service) => live.state(service))).toEqual(['none', 'none', 'none']);
    live.reactor.crash();
  });

  it('C63: an `attach` that throws rejects, and nothing is registered', async () => {
    const live = new LiveServices();
    await live.start();
    const service: Service = {
      ...live.service('tenant'),
      attach: () => {
        throw new Error('no');
      },
    };
    expect(await stateOf(addService(live.reactor, service))).toBe('failed: no');
    expect(live.state(service)).toBe('none');
    expect(live.errors).toEqual([]);
  });

  it('C63: a need that is not used is refused, as `use` does', async () => {
    const live = new LiveServices();
    await live.start();
    const web = live.service('web', { needs: [live.service('db')] });
    expect(await stateOf(addService(live.reactor, web))).toContain('Service "web" needs "db", which is not used');
  });

  it('C63: the addition of a service that is used already resolves once it is up', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    expect(await stateOf(addService(live.reactor, db))).toBe('done');
    live.slow.add('+db');
    const restart = restartService(live.reactor, db);
    const added = addService(live.reactor, db);
    await live.rest();
    expect(await stateOf(added)).toBe('pending');
    await live.settle('+db');
    expect(await stateOf(added)).toBe('done');
    expect(await stateOf(restart)).toBe('done');
    expect(live.takeLog()).toBe('-db +db');
  });

  it('C63: a foundation is a TypeError', async () => {
    const live = new LiveServices();
    await live.start();
    const logging = live.service('logging', { foundation: true, phases: [] });
    const added = addService(live.reactor, logging);
    await expect(added).rejects.toThrow(TypeError);
    await expect(added).rejects.toThrow('is a foundation and comes too late');
  });

  it('C63: a stop in the middle cuts it', async () => {
    const live = new LiveServices();
    await live.start();
    const tenant = live.service('tenant', { phases: ['before', 'during'] });
    live.slow.add('+tenant before');
    const added = addService(live.reactor, tenant);
    void live.reactor.stop();
    await live.rest();
    await live.settle('+tenant before');
    expect(await stateOf(added)).toContain('failed: This change of services was not over');
    expect(live.takeLog()).toBe('+tenant before -tenant before -tenant during');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C63: a failed addition rejects with its error, also if a stop comes before it is undone', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('+web').add('-db');
    const added = addService(live.reactor, live.service('web', { needs: [db] }));
    const restart = restartService(live.reactor, db);
    await live.settle('+web', new Error('full'));
    expect(await stateOf(added)).toBe('pending'); // the restart of what it needs comes first
    void live.reactor.stop();
    await live.rest();
    expect(await stateOf(added)).toBe('failed: full');
    await live.settle('-db');
    expect(await stateOf(restart)).toContain('failed');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C63: works until `during shutdown` begins: `before shutdown` waits for it', async () => {
    const live = new LiveServices();
    live.use('db');
    let added: Promise<Service> | undefined;
    const tenant = live.service('tenant', { phases: ['before', 'during'] });
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      added = addService(live.reactor, tenant);
    });
    let late: Promise<Service> | undefined;
    live.reactor.addSystemEventTrigger('during', 'shutdown', () => {
      late = addService(live.reactor, live.service('late'));
      late.catch(() => undefined);
    });
    await live.start();
    live.slow.add('+tenant before').add('+tenant during');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('+tenant before');
    await live.settle('+tenant before');
    expect(live.takeLog()).toBe('+tenant during');
    await live.settle('+tenant during');
    expect(live.takeLog()).toBe('-tenant before -tenant during -db');
    expect(await stateOf(added as Promise<Service>)).toBe('done');
    await expect(late).rejects.toMatchObject({ code: 'ERR_TRIPHASE_PHASE_PASSED' });
    await expect(addService(live.reactor, tenant)).rejects.toMatchObject({ code: 'ERR_TRIPHASE_PHASE_PASSED' });
  });

  it('C63: a service that is still starting at the limit of `before shutdown` is abandoned, and not stopped', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 100 } } });
    let added: Promise<Service> | undefined;
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      added = addService(live.reactor, live.service('tenant'));
    });
    await live.start();
    live.slow.add('+tenant');
    void live.reactor.stop();
    await live.rest();
    live.reactor.advance(100);
    await live.rest();
    expect(live.takeLog()).toBe('+tenant');
    expect(live.reactor.state).toBe('stopped');
    expect(await stateOf(added as Promise<Service>)).toContain('failed');
    expect(live.errors.length).toBeGreaterThan(0);
  });

  it('C63: asked for after stopping has begun and before shutdown fires, it starts and is stopped', async () => {
    const live = new LiveServices();
    await live.start();
    void live.reactor.stop();
    const added = addService(live.reactor, live.service('tenant'));
    await live.rest();
    expect(await stateOf(added)).toBe('done');
    expect(live.takeLog()).toBe('+tenant -tenant');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C32, C63: an escalation while a service that was added starts fires shutdown once', async () => {
    const live = new LiveServices();
    live.use('a');
    await live.start();
    live.slow.add('+b');
    const added = addService(live.reactor, live.service('b'));
    await live.rest();
    live.reactor.escalate();
    await live.rest();
    expect([live.takeLog(), live.reactor.state]).toEqual(['+b -a', 'stopped']);
    await expect(added).rejects.toThrow(ReactorStoppedError);
  });
});
