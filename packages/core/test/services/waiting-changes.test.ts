import { describe, expect, it } from '@jest/globals';

import { addService, removeService, restartService, type Service } from '@triphase/core';

import { serviceControl } from '../../src/services/service-control.ts';
import { serviceSettings } from '../../src/services/service-settings.ts';
import { how, LiveServices } from './live-services.ts';

const alone = { dependants: false, reason: { kind: 'restart' } };

describe('C60: changes that share services', () => {
  it('one waits for an earlier one that waits itself, though nothing that is under way concerns it', async () => {
    const live = new LiveServices();
    const left = live.use('left');
    const right = live.use('right');
    live.use('both', { needs: [left, right] });
    await live.start();
    live.slow.add('-left');
    const first = serviceControl(live.reactor).restart(left, alone);
    const second = restartService(live.reactor, left);
    const third = restartService(live.reactor, right);
    await live.rest();
    expect(live.said()).toBe('-left');
    live.slow.clear();
    await live.settle('-left');
    expect(live.said()).toBe('+left -both -left +left +both -both -right +right +both');
    for (const each of [first, second, third]) expect(await how(each)).toBe('done');
    live.reactor.crash();
  });

  it('a service is not stopped while one that needs it and another one starts', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const other = live.use('other');
    await live.start();
    live.slow.add('+web');
    const added = addService(live.reactor, live.service('web', { needs: [db, other] }));
    const restarted = serviceControl(live.reactor).restart(db, alone);
    await live.rest();
    expect(live.said()).toBe('+web');
    await live.settle('+web');
    expect(live.said()).toBe('-db +db');
    for (const each of [added, restarted]) expect(await how(each)).toBe('done');
    live.reactor.crash();
  });

  it('a service is not stopped while one that needs it waits in a start for a third', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const base = live.use('base');
    live.use('web', { needs: [db, base] });
    await live.start();
    live.slow.add('+base');
    const first = restartService(live.reactor, base);
    await live.rest();
    const second = serviceControl(live.reactor).restart(db, alone);
    await live.rest();
    expect(live.said()).toBe('-web -base +base');
    await live.settle('+base');
    expect(live.said()).toBe('+web -db +db');
    for (const each of [first, second]) expect(await how(each)).toBe('done');
    live.reactor.crash();
  });

  it('services are stopped in the order of use, the last one first, also those that need it indirectly', async () => {
    const live = new LiveServices();
    const base = live.use('base');
    const near = live.use('near', { needs: [base] });
    live.use('far', { needs: [near] });
    live.use('last', { needs: [base] });
    await live.start();
    expect(await how(restartService(live.reactor, base))).toBe('done');
    expect(live.said()).toBe('-last -far -near -base +base +near +last +far');
    live.reactor.crash();
  });

  it('what the `attach` of a service has used is not restarted with it', async () => {
    const live = new LiveServices();
    const owned = live.service('owned');
    const tenant = live.reactor.use({
      ...live.service('tenant'),
      attach: (app) => {
        app.use(owned);
      },
    });
    await live.start();
    expect(await how(restartService(live.reactor, tenant))).toBe('done');
    expect(live.said()).toBe('-tenant +tenant');
    live.reactor.crash();
  });
});

describe('C60: a request for the same change', () => {
  it('joins one that restarts as much', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    const control = serviceControl(live.reactor);
    live.slow.add('-db');
    const all = [control.restart(db, alone), control.restart(db, alone)];
    await live.rest();
    live.slow.clear();
    await live.settle('-db');
    expect(live.said()).toBe('-db +db');
    for (const each of all) expect(await how(each)).toBe('done');
    live.reactor.crash();
  });

  it('does not join one that restarts less, but follows it', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    live.use('web', { needs: [db] });
    await live.start();
    live.slow.add('-db');
    const first = serviceControl(live.reactor).restart(db, alone);
    const second = restartService(live.reactor, db);
    await live.rest();
    live.slow.clear();
    await live.settle('-db');
    expect(live.said()).toBe('-db +db -web -db +db +web');
    for (const each of [first, second]) expect(await how(each)).toBe('done');
    live.reactor.crash();
  });
});

describe('C59, C60: a restart that waits, and is wanted no more', () => {
  /** Restarts a service while another change holds it, by the policy, which then wants it no more, and by the user. */
  const restartTwice = async (order: readonly ('policy' | 'user')[]): Promise<string> => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const control = serviceControl(live.reactor);
    const first = control.restart(db, alone);
    const policy = { dependants: true, reason: { kind: 'restart' }, isWanted: () => false };
    const others = order.map((who) =>
      who === 'user' ? restartService(live.reactor, db) : control.restart(db, policy),
    );
    await live.rest();
    live.slow.clear();
    await live.settle('-db');
    for (const each of [first, ...others]) expect(await how(each)).toBe('done');
    live.reactor.crash();
    return live.said();
  };

  it('is dropped', async () => {
    expect(await restartTwice(['policy'])).toBe('-db +db');
  });

  it.each<['policy' | 'user', 'policy' | 'user']>([
    ['policy', 'user'],
    ['user', 'policy'],
  ])('is done if somebody else wants it in any case: first the %s, then the %s', async (...order) => {
    expect(await restartTwice(order)).toBe('-db +db -db +db');
  });
});

describe('a change that waits', () => {
  it('C63: a removal of what another one has removed meanwhile is done', async () => {
    const live = new LiveServices();
    const base = live.use('base');
    const web = live.use('web', { needs: [base] });
    await live.start();
    live.slow.add('-base');
    const first = removeService(live.reactor, base);
    const second = removeService(live.reactor, web);
    await live.settle('-base');
    expect([await how(first), await how(second), live.said()]).toEqual(['done', 'done', '-web -base']);
    live.reactor.crash();
  });

  it.each(['first', 'second'])('C60: is rejected as soon as a stop begins, in the %s run', async (which) => {
    const live = new LiveServices();
    const base = live.use('base');
    const web = live.use('web', { needs: [base] });
    await live.start();
    if (which === 'second') {
      void restartService(live.reactor, base).catch(() => undefined);
      void live.reactor.stop();
      live.reactor.crash();
      await live.start();
    }
    live.slow.add('-web');
    void restartService(live.reactor, base).catch(() => undefined);
    const second = restartService(live.reactor, web);
    await live.rest();
    expect(await how(second)).toBe('pending');
    void live.reactor.stop();
    await live.rest();
    expect(await how(second)).toContain('failed: This change of services was not over');
    await live.settle('-web');
    expect(live.reactor.state).toBe('stopped');
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
    expect(await how(restarted)).toBe('failed: no route');
    expect(await how(added)).toBe('failed: no route');
    live.reactor.crash();
  });

  it('C31, C63: after a crash in its start it is like any other: a restart that fails ends the program', async () => {
    const live = new LiveServices();
    await live.start();
    const db = live.service('db');
    live.slow.add('+db');
    const added = addService(live.reactor, db);
    live.reactor.crash();
    expect(await how(added)).toContain('failed: ');
    live.slow.clear();
    await live.start();
    expect(live.state(db)).toBe('started');
    live.failing.set('+db', new Error('no route'));
    expect(await how(restartService(live.reactor, db))).toBe('failed: no route');
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
    expect([live.said(), await how(added)]).toEqual(['+tenant', 'pending']);
    await control.restart(db, alone);
    await live.rest();
    expect([live.said(), await how(added)]).toEqual(['-db +db +owned', 'done']);
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
    expect([live.reasons, await how(added)]).toEqual([['-owned remove tenant'], 'failed: full']);
    live.reactor.crash();
  });
});

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
    expect(await how(added as Promise<Service>)).toContain('failed: ');
    await live.settle('+tenant before');
    expect(live.said()).toBe('+tenant before -db');
    await live.settle('-db');
    expect(live.reactor.state).toBe('stopped');
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
    expect(live.said()).toBe('+first before +second before +second during -second before');
    await live.settle('+first before');
    expect(live.said()).toBe('+first during -first before -second during -first during');
    for (const each of added) expect(await how(each)).toBe('done');
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
    expect([live.reactor.state, await how(restarted)]).toEqual(['stopping', 'pending']);
    live.reactor.advance(1);
    await live.rest();
    expect([live.reactor.state, await how(restarted)]).toEqual([
      'stopped',
      expect.stringContaining('timed out after 105 ms'), // since it was called
    ]);
    expect((await run).errors).toHaveLength(1);
  });
});

describe('C60: the stop of a restart that a stop of the reactor comes upon', () => {
  it('has until the deadline of shutdown, which counts from the stop', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 100, deadline: 1_000 } } });
    const db = live.use('db');
    await live.start();
    live.slow.add('-db');
    const restarted = restartService(live.reactor, db);
    void live.reactor.stop();
    live.reactor.advance(999);
    await live.rest();
    expect([live.reactor.state, await how(restarted)]).toEqual(['stopping', 'pending']);
    live.reactor.advance(1);
    await live.rest();
    expect([live.reactor.state, await how(restarted)]).toEqual(['stopped', expect.stringContaining('failed: ')]);
  });
});

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
    expect([live.said(), live.reactor.state]).toEqual(['+web', 'stopping']);
    live.reactor.advance(1);
    await live.rest();
    expect([live.reactor.state, await how(added as Promise<Service>)]).toEqual([
      'stopped',
      expect.stringContaining('timed out'),
    ]);
  });

  it('is checked against the limits that the program wrote', async () => {
    const live = new LiveServices({ limits: { shutdown: { during: 100 } } });
    await live.start();
    const added = addService(live.reactor, live.service('web', { timeout: { stop: 200 } }));
    expect(await how(added)).toContain('The timeout "stop" of service "web" is 200 ms, longer than');
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
    expect([live.said(), live.reactor.describe()]).toEqual(['', 'HandTurnedReactor: idle']);
  });
});

describe('C32, C63: a start that `before shutdown` waits for when the stop is escalated', () => {
  it('ends: nothing more of it is called, and what has not started is not stopped', async () => {
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
    expect([live.said(), live.reactor.state]).toEqual(['+tenant before -db', 'stopped']);
    expect(await how(added as Promise<Service>)).toContain('failed: ');
  });
});

describe('what a change says that is refused', () => {
  /** A reactor that runs `act` in a phase of shutdown, to its end. */
  const inShutdown = async (act: (live: LiveServices) => void, phase: 'before' | 'during'): Promise<void> => {
    const live = new LiveServices();
    live.reactor.addSystemEventTrigger(phase, 'shutdown', () => {
      act(live);
    });
    await live.start();
    void live.reactor.stop();
    await live.rest();
  };
  const db: Service = { name: 'db', startup: {} };

  it('C63: a removal in shutdown, and an addition, are too late', async () => {
    const said: Promise<string>[] = [];
    await inShutdown(({ reactor }) => said.push(how(removeService(reactor, db))), 'before');
    await inShutdown(({ reactor }) => said.push(how(addService(reactor, db))), 'during');
    expect(await Promise.all(said)).toEqual([
      expect.stringContaining("A service can't be removed any more, shutdown has begun and stops it") as unknown,
      expect.stringContaining('A service was added too late, the phase "during" of shutdown has begun') as unknown,
    ]);
  });

  it.each(['end', 'settled'] as const)('C46, C63: an addition as `before shutdown` is over (%s)', async (when) => {
    const said: Promise<string>[] = [];
    const live: LiveServices = new LiveServices({
      observer: {
        phase: (step, { event, phase }) => {
          if (step !== when || event !== 'shutdown' || phase !== 'before') return;
          const added = addService(live.reactor, live.service('late'));
          said.push(
            added.then(
              () => 'started',
              (error: unknown) => (error as { code: string }).code,
            ),
          );
        },
      },
    });
    live.reactor.addSystemEventTrigger('before', 'shutdown', () => Promise.resolve());
    await live.start();
    void live.reactor.stop();
    await live.rest();
    const isInTime = when === 'end'; // the trigger is pending then, so the phase is under way
    expect(await Promise.all(said)).toEqual([isInTime ? 'started' : 'ERR_TRIPHASE_PHASE_PASSED']);
    expect([live.said(), live.reactor.state]).toEqual([isInTime ? '+late -late' : '', 'stopped']);
  });

  it('C60, C63: has the names of the services in `path`', async () => {
    const live = new LiveServices();
    await live.start();
    await expect(restartService(live.reactor, db)).rejects.toMatchObject({ path: ['db'] });
    const base = await addService(live.reactor, live.service('base'));
    const web = live.service('web', { needs: [base] });
    live.slow.add('-base');
    const removed = removeService(live.reactor, base);
    await expect(addService(live.reactor, web)).rejects.toMatchObject({ path: ['web', 'base'] });
    await live.settle('-base');
    await removed;
    live.slow.add('+first');
    const first = live.service('first');
    const added = addService(live.reactor, first);
    const second = addService(live.reactor, live.service('second', { needs: [first] }));
    await live.settle('+first', new Error('full'));
    expect(await how(added)).toBe('failed: full');
    await expect(second).rejects.toMatchObject({ path: ['second', 'first'] });
    live.reactor.crash();
  });

  it('C48, C60: a start that fails with `undefined` is one that fails', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    await live.start();
    live.failing.set('+db', undefined);
    expect(await how(restartService(live.reactor, db))).toBe('failed: undefined');
    await live.rest();
    expect([live.errors, live.reactor.state]).toEqual([[undefined], 'stopped']);
  });

  it('C48, C60: a start or a stop that fails is reported with the service, the event and the phase', async () => {
    const sources: unknown[] = [];
    const live = new LiveServices({ onError: (_error, source) => sources.push(source) });
    const base = live.use('base');
    await live.start();
    live.failing.set('-base', new Error('stuck')).set('+base', new Error('no route'));
    await expect(restartService(live.reactor, base)).rejects.toThrow('no route');
    expect(sources).toEqual([
      { kind: 'service', name: 'base', event: 'shutdown', phase: 'during' },
      { kind: 'service', name: 'base', event: 'startup', phase: 'during' },
    ]);
    await live.rest();
  });
});
