import { describe, expect, it } from '@jest/globals';
import { addService, restartService } from '@triphase/core';
import { serviceControl } from '../../src/services/service-control.ts';
import { serviceSettings } from '../../src/services/service-settings.ts';
import { alone, stateOf, LiveServices } from './live-services.ts';

describe('a service that goes down by itself', () => {
  it('C59: is restarted alone: those that need it stay up', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const web = live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    control.down(db);
    expect(live.state(db)).toBe('failed');
    expect(await stateOf(control.restart(db, alone(db)))).toBe('done');
    expect(live.takeLog()).toBe('-db +db');
    expect(live.state(db)).toBe('started');
    expect(live.state(web)).toBe('started');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-web -db');
  });

  it('C59: with its dependants, in order', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    control.down(db);
    expect(await stateOf(control.restart(db, { ...alone(db), dependants: true }))).toBe('done');
    expect(live.takeLog()).toBe('-web -db +db +web');
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
    expect(live.takeLog()).toBe('');
    expect(live.reactor.pending()).toMatchObject([
      { name: 'web', status: 'waits for db' },
      { name: 'other', status: 'waits for web' },
    ]);
    expect(await stateOf(control.restart(db, alone(db)))).toBe('done');
    await live.rest();
    expect(live.takeLog()).toBe('-db +db +web +other');
    expect(await stateOf(added)).toBe('done');
    expect(await stateOf(other)).toBe('done');
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
    expect(live.takeLog()).toBe('+web before');
    expect(await stateOf(added)).toBe('pending');
    expect(await stateOf(control.restart(db, alone(db)))).toBe('done');
    await live.rest();
    expect(live.takeLog()).toBe('-db +db +web during');
    expect(await stateOf(added)).toBe('done');
    live.reactor.crash();
  });

  it('C60: holds back those of a restart that have not been called, and they follow', async () => {
    const live = new LiveServices();
    const base = live.use('base');
    const middle = live.use('middle', { needs: [base] });
    live.use('web', { needs: [base, middle] });
    await live.start();
    const control = serviceControl(live.reactor);
    live.slow.add('+middle');
    const first = restartService(live.reactor, base);
    await live.rest();
    control.down(base);
    live.slow.clear();
    await live.settle('+middle');
    expect(live.takeLog()).toBe('-web -middle -base +base +middle');
    expect(await stateOf(control.restart(base, alone(base)))).toBe('done');
    await live.rest();
    expect([live.takeLog(), await stateOf(first)]).toEqual(['-base +base +web', 'done']);
    live.reactor.crash();
  });

  it('C60: two restarts that wait for each other come to an end', async () => {
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
    expect(live.takeLog()).toBe('-web +web -db +db');
    expect(await stateOf(second)).toBe('done');
    await live.settle('+web');
    expect(await stateOf(first)).toBe('done');
    expect([db, web].map((service) => live.state(service))).toEqual(['started', 'started']);
    live.reactor.crash();
  });

  it('C60: has failed, also while another one is stopped', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const log = live.use('log');
    await live.start();
    live.slow.add('-log');
    void restartService(live.reactor, log).catch(() => undefined);
    serviceControl(live.reactor).down(db);
    expect([live.state(db), live.state(log)]).toEqual(['failed', 'stopping']);
    live.reactor.crash();
  });

  it('C58: before it has started, down() has no effect', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const control = serviceControl(live.reactor);
    control.down(db);
    expect(live.state(db)).toBe('idle');
    live.slow.add('+db');
    live.reactor.run().catch(() => undefined);
    await live.rest();
    control.down(db);
    expect(live.state(db)).toBe('starting');
    await live.settle('+db');
    expect([live.state(db), live.reactor.state]).toEqual(['started', 'running']);
    live.reactor.crash();
  });

  it.each([
    { isDue: true, state: 'stopped' },
    { isDue: false, state: 'failed' },
  ])('C58: down() while the reactor starts makes it $state (isDue: $isDue)', async ({ isDue, state }) => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('slow');
    live.slow.add('+slow');
    live.reactor.run().catch(() => undefined);
    await live.rest();
    serviceControl(live.reactor).down(db, isDue);
    expect(live.state(db)).toBe(state);
    live.slow.clear();
    await live.settle('+slow');
    expect([live.takeLog(), live.state(db)]).toEqual(isDue ? ['+db +slow +db', 'started'] : ['+db +slow', 'failed']);
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
    expect(live.takeLog()).toBe('+web');
    await live.settle('+web');
    expect(live.takeLog()).toBe('-db +db');
    expect(await stateOf(added)).toBe('done');
    expect(await stateOf(restart)).toBe('done');
    live.reactor.crash();
  });

  it('C60: a service that needs it and has only shutdown functions is still stopped', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.reactor.use({ name: 'web', needs: [db], shutdown: { during: () => live.log.push('-web') } });
    await live.start();
    serviceSettings.set(db, {});
    live.failing.set('+db', new Error('no route'));
    const control = serviceControl(live.reactor);
    control.down(db);
    await stateOf(control.restart(db, alone(db)));
    await live.rest();
    expect(live.takeLog()).toBe('-db +db -web');
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
    expect(live.takeLog()).toBe('-db');
  });
});
