import { describe, expect, it } from '@jest/globals';
import { restartService, type Service } from '@triphase/core';
import { serviceControl } from '../../src/services/service-control.ts';
import { serviceSettings } from '../../src/services/service-settings.ts';
import { alone, stateOf, LiveServices } from './live-services.ts';

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
    expect(await stateOf(restartService(live.reactor, db))).toBe('failed: no queue');
    expect(taken).toEqual([error]);
    expect(live.errors).toEqual([]);
    expect(live.reactor.state).toBe('running');
    expect([db, worker].map((service) => live.state(service))).toEqual(['started', 'failed']);
    live.failing.clear();
    expect(await stateOf(serviceControl(live.reactor).restart(worker, alone(worker)))).toBe('done');
    expect(live.takeLog()).toBe('-worker -db +db +worker +worker');
    live.reactor.crash();
  });

  it('C46, C59: its restart stops nothing, and its functions for startup have no detail', async () => {
    const seen: string[] = [];
    const details: unknown[] = [];
    const live = new LiveServices({
      observer: { firing: (step, { event }) => seen.push(`${step} ${String(event)}`) },
    });
    const db = live.use('db');
    const [worker] = withPolicy(live, [db]);
    live.reactor.use({
      name: 'noting',
      needs: [worker],
      startup: { during: ({ detail }) => void details.push(detail) },
    });
    await live.start();
    live.failing.set('+worker', new Error('no queue'));
    await restartService(live.reactor, db).catch(() => undefined);
    live.failing.clear();
    seen.length = 0;
    await serviceControl(live.reactor).restart(worker, alone(worker));
    await live.rest();
    const start = ['start startup', 'end startup'];
    expect([seen, details]).toEqual([
      [...start, ...start],
      [undefined, undefined],
    ]);
    live.reactor.crash();
  });

  it('C59: a service that waits for its policy is not started by the restart of another service', async () => {
    const live = new LiveServices();
    const db = live.use('db');
    const [worker] = withPolicy(live, [db]);
    await live.start();
    serviceControl(live.reactor).down(worker);
    expect(await stateOf(restartService(live.reactor, db))).toBe('done');
    expect(live.takeLog()).toBe('-worker -db +db');
    expect(await stateOf(serviceControl(live.reactor).restart(worker, alone(worker)))).toBe('done');
    expect(live.takeLog()).toBe('+worker');
    live.reactor.crash();
  });
});
