import { describe, expect, it } from '@jest/globals';
import { addService, restartService, type Service } from '@triphase/core';
import { serviceControl } from '../../src/services/service-control.ts';
import { serviceSettings } from '../../src/services/service-settings.ts';
import { alone, stateOf, LiveServices } from './live-services.ts';

describe('C63: an addition', () => {
  it('while the reactor stops has until the deadline of startup, which counts from the stop', async () => {
    const live = new LiveServices({ limits: { startup: { deadline: 100 }, shutdown: { before: 10_000 } } });
    let added: Promise<Service> | undefined;
    live.reactor.addSystemEventTrigger('before', 'shutdown', async () => {
      await new Promise<void>((resolve) => void live.reactor.callLater(40, resolve));
      added = addService(live.reactor, live.service('web'));
    });
    await live.start();
    live.slow.add('+web');
    void live.reactor.stop();
    await live.rest();
    live.reactor.advance(40);
    await live.rest();
    live.reactor.advance(59);
    await live.rest();
    expect([live.takeLog(), live.reactor.state]).toEqual(['+web', 'stopping']);
    live.reactor.advance(1);
    await live.rest();
    expect([live.reactor.state, await stateOf(added as Promise<Service>)]).toEqual([
      'stopped',
      expect.stringContaining('timed out'),
    ]);
  });

  it('is checked against the limits that the program wrote', async () => {
    const live = new LiveServices({ limits: { shutdown: { during: 100 } } });
    await live.start();
    const added = addService(live.reactor, live.service('web', { timeout: { stop: 200 } }));
    expect(await stateOf(added)).toContain('The timeout "stop" of service "web" is 200 ms, longer than');
    live.reactor.crash();
  });

  it('whose `attach` crashes the reactor is not started', async () => {
    const live = new LiveServices();
    await live.start();
    const added = addService(live.reactor, {
      ...live.service('web'),
      attach: () => {
        live.reactor.crash();
      },
    });
    await expect(added).rejects.toMatchObject({ code: 'ERR_TRIPHASE_STOPPED' });
    expect([live.takeLog(), live.reactor.describe()]).toEqual(['', 'HandTurnedReactor: idle']);
  });
});

describe('a service that is being restarted and is added', () => {
  it('C63: the addition rejects with the error of that restart', async () => {
    const live = new LiveServices();
    const db = live.service('db');
    serviceSettings.set(db, { startFailed: () => true });
    live.reactor.use(db);
    await live.start();
    live.slow.add('-db');
    live.failing.set('+db', new Error('no route'));
    const restarted = restartService(live.reactor, db);
    const added = addService(live.reactor, db);
    await live.rest();
    await live.settle('-db');
    expect(await stateOf(restarted)).toBe('failed: no route');
    expect(await stateOf(added)).toBe('failed: no route');
    live.reactor.crash();
  });

  it('C31, C63: after a crash in its start it is like any other: a restart that fails ends the program', async () => {
    const live = new LiveServices();
    await live.start();
    const db = live.service('db');
    live.slow.add('+db');
    const added = addService(live.reactor, db);
    live.reactor.crash();
    expect(await stateOf(added)).toContain('failed: ');
    live.slow.clear();
    await live.start();
    expect(live.state(db)).toBe('started');
    live.failing.set('+db', new Error('no route'));
    expect(await stateOf(restartService(live.reactor, db))).toBe('failed: no route');
    await live.rest();
    expect(live.reactor.state).toBe('stopped');
  });
});

describe('C63: an addition whose `attach` has used another service', () => {
  const withOwned = (live: LiveServices, owned: Service): Service => ({
    ...live.service('tenant'),
    attach: (app) => {
      app.use(owned);
    },
  });

  it('resolves once that is up too, though a service that it needs was down', async () => {
    const seen: unknown[] = [];
    const live = new LiveServices({
      observer: {
        firing: (step, { event, reason }) => {
          if (step === 'start') seen.push([event, reason]);
        },
      },
    });
    const db = live.use('db');
    await live.start();
    const control = serviceControl(live.reactor);
    control.down(db);
    seen.length = 0;
    const added = addService(live.reactor, withOwned(live, live.service('owned', { needs: [db] })));
    await live.rest();
    expect([live.takeLog(), await stateOf(added)]).toEqual(['+tenant', 'pending']);
    await control.restart(db, alone());
    await live.rest();
    expect([live.takeLog(), await stateOf(added)]).toEqual(['-db +db +owned', 'done']);
    expect(seen).toEqual([
      ['startup', { kind: 'add', service: 'tenant' }],
      ['shutdown', { kind: 'restart' }],
      ['startup', { kind: 'restart' }],
      ['startup', { kind: 'start' }],
    ]);
    live.reactor.crash();
  });

  it('stops that with the reason `remove` and its own name when it fails', async () => {
    const live = new LiveServices();
    await live.start();
    live.slow.add('+tenant');
    const added = addService(live.reactor, withOwned(live, live.service('owned')));
    await live.settle('+tenant', new Error('full'));
    expect([live.reasons, await stateOf(added)]).toEqual([['-owned remove tenant'], 'failed: full']);
    live.reactor.crash();
  });
});
