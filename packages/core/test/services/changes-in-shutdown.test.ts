import { describe, expect, it } from '@jest/globals';
import { addService, restartService, type Service } from '@triphase/core';
import { stateOf, LiveServices } from './live-services.ts';

describe('C63: a start that `before shutdown` waits for', () => {
  it('ends as the shutdown goes on without it: nothing more of it is called', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 100 } } });
    const db = live.use('db');
    let added: Promise<Service> | undefined;
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      added = addService(live.reactor, live.service('tenant', { needs: [db], phases: ['before', 'during'] }));
    });
    await live.start();
    live.slow.add('+tenant before').add('-db');
    void live.reactor.stop();
    await live.rest();
    expect(live.reactor.pending().map(({ kind, name, event, phase }) => [kind, name, event, phase])).toEqual([
      ['service', 'tenant', 'shutdown', 'before'],
      ['service', 'tenant', 'startup', 'before'],
    ]);
    live.reactor.advance(100);
    await live.rest();
    expect(await stateOf(added as Promise<Service>)).toContain('failed: ');
    await live.settle('+tenant before');
    expect(live.takeLog()).toBe('+tenant before -db');
    await live.settle('-db');
    expect(live.reactor.state).toBe('stopped');
  });
});

describe('C32, C63: a start that `before shutdown` waits for when the stop is escalated', () => {
  it('ends: none of its functions is called any more, and a service that has not started is not stopped', async () => {
    const live = new LiveServices();
    live.use('db');
    let added: Promise<Service> | undefined;
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      added = addService(live.reactor, live.service('tenant', { phases: ['before', 'during'] }));
    });
    await live.start();
    live.slow.add('+tenant before');
    void live.reactor.stop();
    await live.rest();
    live.reactor.escalate();
    await live.rest();
    expect([live.takeLog(), live.reactor.state]).toEqual(['+tenant before -db', 'stopped']);
    expect(await stateOf(added as Promise<Service>)).toContain('failed: ');
  });
});

describe('C63: two services that are added in `before shutdown`', () => {
  it('start both: the second one does not cut the first', async () => {
    const live = new LiveServices();
    const added: Promise<Service>[] = [];
    const phases = ['before', 'during'] as const;
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => {
      added.push(addService(live.reactor, live.service('first', { phases })));
      added.push(addService(live.reactor, live.service('second', { phases })));
    });
    await live.start();
    live.slow.add('+first before');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('+first before +second before +second during -second before');
    await live.settle('+first before');
    expect(live.takeLog()).toBe('+first during -first before -second during -first during');
    for (const each of added) expect(await stateOf(each)).toBe('done');
  });
});

describe('C29, C60: the start of a restart that a stop cuts', () => {
  it('has as long as `before shutdown`', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 100, deadline: 1_000 } } });
    const db = live.use('db');
    const run = live.reactor.run();
    await live.rest();
    live.reactor.advance(5);
    live.slow.add('+db');
    const restarted = restartService(live.reactor, db);
    await live.rest();
    live.reactor.advance(5);
    void live.reactor.stop();
    live.reactor.advance(99);
    await live.rest();
    expect([live.reactor.state, await stateOf(restarted)]).toEqual(['stopping', 'pending']);
    live.reactor.advance(1);
    await live.rest();
    expect([live.reactor.state, await stateOf(restarted)]).toEqual([
      'stopped',
      expect.stringContaining('timed out after 105 ms'), // since it was called
    ]);
    expect((await run).errors).toHaveLength(1);
  });
});

describe('C60: the stopping part of a restart that is under way when the reactor stops', () => {
  it('has until the deadline of shutdown, which counts from the stop', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 100, deadline: 1_000 } } });
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const restarted = restartService(live.reactor, db);
    void live.reactor.stop();
    live.reactor.advance(999);
    await live.rest();
    expect([live.reactor.state, await stateOf(restarted)]).toEqual(['stopping', 'pending']);
    live.reactor.advance(1);
    await live.rest();
    expect([live.reactor.state, await stateOf(restarted)]).toEqual(['stopped', expect.stringContaining('failed: ')]);
  });
});
