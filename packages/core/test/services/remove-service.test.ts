import { describe, expect, it } from '@jest/globals';

import { addService, removeService, restartService } from '@triphase/core';

import { HandTurnedReactor, settled } from '../hand-turned-reactor.ts';
import { stateOf, LiveServices } from './live-services.ts';

describe('removeService', () => {
  it('C63: stops the service and those that need it, in order, and forgets them', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    live.use('other');
    await live.start();
    live.slow.add('-web');
    const removed = removeService(live.reactor, db);
    await live.rest();
    expect(live.takeLog()).toBe('-web');
    expect(await stateOf(removed)).toBe('pending');
    await live.settle('-web');
    expect(live.takeLog()).toBe('-db');
    expect(await stateOf(removed)).toBe('done');
    expect(live.reasons).toEqual(['-web remove db', '-db remove db']);
    expect([db, web].map((service) => live.state(service))).toEqual(['none', 'none']);
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-other');
  });

  it('C63: it can be added again', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    await removeService(live.reactor, db);
    expect(await stateOf(addService(live.reactor, db))).toBe('done');
    expect(live.takeLog()).toBe('-db +db');
    live.reactor.crash();
  });

  it('C63: added while it is being removed, it starts anew afterwards', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const removed = removeService(live.reactor, db);
    const added = addService(live.reactor, db);
    await live.rest();
    expect(live.takeLog()).toBe('-db');
    await live.settle('-db');
    expect(live.takeLog()).toBe('+db');
    expect(await stateOf(removed)).toBe('done');
    expect(await stateOf(added)).toBe('done');
  });

  it('C63: a need that is being removed is refused', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const removed = removeService(live.reactor, db);
    const added = addService(live.reactor, live.service('web', { needs: [db] }));
    expect(await stateOf(added)).toContain('Service "web" needs "db", which is being removed');
    await live.settle('-db');
    expect(await stateOf(removed)).toBe('done');
  });

  it('C63: a foundation, or a service that a foundation needs, is refused with a TypeError', async () => {
    const live = new LiveServices();
    const config = live.use('config', { phases: [] });
    const logging = live.use('logging', { foundation: true, phases: [], needs: [config] });
    await live.start();
    await expect(removeService(live.reactor, logging)).rejects.toThrow(TypeError);
    await expect(removeService(live.reactor, config)).rejects.toThrow('is a foundation, or a foundation needs it');
    expect(live.reactor.state).toBe('running');
  });

  it('C63: services that its `attach` has used are removed with it', async () => {
    const live = new LiveServices();
    const owned = live.service('owned');
    const web = live.reactor.use({
      ...live.service('web'),
      attach: (app) => {
        app.use(owned);
      },
    });
    live.reactor.use({
      ...live.service('other'),
      attach: (app) => {
        app.use(live.service('of other'));
      },
    });
    await live.start();
    expect(await stateOf(removeService(live.reactor, web))).toBe('done');
    expect(live.takeLog()).toBe('-owned -web');
  });

  it('C63: a shutdown function that times out is abandoned: the removal rejects, the program goes on, the result has the error', async () => {
    const live = new LiveServices({ limits: { shutdown: { during: 100 } } });
    const db = live.use('db');
    const run = live.reactor.run();
    await live.rest();
    live.slow.add('-db');
    const removed = removeService(live.reactor, db);
    live.reactor.advance(100);
    await live.rest();
    expect(await stateOf(removed)).toContain('timed out after 100 ms');
    expect(live.reactor.state).toBe('running');
    expect(live.state(db)).toBe('none');
    void live.reactor.stop();
    await live.rest();
    expect((await run).errors).toHaveLength(1);
    expect(live.errors).toHaveLength(1);
  });

  it('C63: a shutdown function that fails is reported, and the service is removed', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.failing.set('-db', new Error('no'));
    expect(await stateOf(removeService(live.reactor, db))).toBe('done');
    expect(live.errors).toEqual([new Error('no')]);
    expect(live.state(db)).toBe('none');
  });

  it('C63: removed in its own start, it is stopped after it', async () => {
    const live = new LiveServices();
    await live.start();
    const tenant = live.service('tenant', { phases: ['before', 'during'] });
    let removed: Promise<void> | undefined;
    live.inside.set('+tenant before', () => {
      removed = removeService(live.reactor, tenant);
    });
    const added = addService(live.reactor, tenant);
    await live.rest();
    expect(live.takeLog()).toBe('+tenant before +tenant during -tenant before -tenant during');
    expect(await stateOf(added)).toBe('done');
    expect(await stateOf(removed as Promise<void>)).toBe('done');
    expect(live.state(tenant)).toBe('none');
  });

  it('C63: a removal that waits for a restart begins after it, and a restart that waits for a removal is refused', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    await live.start();
    live.slow.add('-web');
    const restart = restartService(live.reactor, db);
    const removed = removeService(live.reactor, web);
    const late = restartService(live.reactor, web);
    await live.rest();
    live.slow.delete('-web');
    await live.settle('-web');
    expect(live.takeLog()).toBe('-web -db +db +web -web');
    expect(await stateOf(restart)).toBe('done');
    expect(await stateOf(removed)).toBe('done');
    expect(await stateOf(late)).toContain('Service "web" isn\'t used by this reactor, or was removed');
  });

  it('C63: a second removal after the first is over is refused', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    const first = removeService(live.reactor, db);
    const second = removeService(live.reactor, db);
    expect(await stateOf(first)).toBe('done');
    expect(await stateOf(second)).toBe(
      'failed: Service "db" isn\'t used by this reactor, or was removed: use or add it first',
    );
  });

  it('C63: a stop during a removal lets it finish', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('other');
    await live.start();
    live.slow.add('-db');
    const removed = removeService(live.reactor, db);
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-db');
    await live.settle('-db');
    expect(live.takeLog()).toBe('-other');
    expect(await stateOf(removed)).toBe('done');
  });

  it('C63: once shutdown has begun, which stops it, it rejects', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    let removed: Promise<void> | undefined;
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      removed = removeService(live.reactor, db);
      removed.catch(() => undefined);
    });
    await live.start();
    void live.reactor.stop();
    await live.rest();
    await expect(removed).rejects.toMatchObject({ code: 'ERR_TRIPHASE_PHASE_PASSED' });
    expect(live.takeLog()).toBe('-db');
  });

  it('C63: a service that is not used is refused', async () => {
    const live = new LiveServices();
    await live.start();
    expect(await stateOf(removeService(live.reactor, live.service('db')))).toContain('Service "db" isn\'t used');
  });

  it('C60, C63: a restart in a restart, of a service that has just started, follows it', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    await live.start();
    let inner: Promise<void> | undefined;
    live.inside.set('+db', () => {
      inner ??= restartService(live.reactor, web);
    });
    const outer = restartService(live.reactor, db);
    await live.rest();
    expect(live.takeLog()).toBe('-web -db +db +web -web +web');
    expect(await stateOf(outer)).toBe('done');
    expect(await stateOf(inner as Promise<void>)).toBe('done');
  });

  it('C60, C63: a crash rejects waiting changes, too', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const all: Promise<unknown>[] = [
      restartService(live.reactor, db),
      removeService(live.reactor, db),
      addService(live.reactor, live.service('web', { needs: [db] })),
    ];
    await live.rest();
    live.reactor.crash();
    for (const one of all) expect(await stateOf(one)).toContain('failed: This change of services was not over');
  });

  it('C30, C63: a removal that begins while another one stops the reactor leaves no wakeup in the host', async () => {
    const reactor = new HandTurnedReactor({ limits: { shutdown: { deadline: 1_000 } } });
    let started = (): void => undefined;
    reactor.on('startup', { after: () => new Promise<void>((resolve) => (started = resolve)) });
    const first = reactor.use({ name: 'first', shutdown: { during: () => void reactor.stop() } });
    let stopped = (): void => undefined;
    const pending = (): Promise<void> => new Promise((resolve) => (stopped = resolve));
    const second = reactor.use({ name: 'second', shutdown: { during: pending } });
    const ended = reactor.run();
    const removed = [first, second].map((service) => removeService(reactor, service).catch(() => undefined));
    started();
    await settled();
    stopped();
    await settled();
    reactor.pump();
    await Promise.all([ended, ...removed]);
    expect([reactor.state, reactor.wakeupRequested]).toEqual(['stopped', false]);
  });
});
