import { describe, expect, it } from '@jest/globals';

import { resource, restartService, type Service } from '@triphase/core';

import { stateOf, LiveServices } from './live-services.ts';

/** A foundation that logs when it opens and closes. */
function foundation(live: LiveServices, name: string, needs: readonly Service[] = []): Service {
  const { startup, shutdown } = live.service(name, { phases: ['before', 'after'] });
  return {
    name,
    foundation: true,
    needs,
    startup: { before: (context) => startup?.before?.(context) },
    shutdown: { after: (context) => shutdown?.after?.(context) },
  };
}

describe('foundations', () => {
  it('C67: every other service needs it, also one used before it, and it closes after the plain triggers', async () => {
    const live = new LiveServices();
    live.use('early', { phases: ['before', 'after'] });
    live.reactor.use(foundation(live, 'logging'));
    live.use('late', { phases: ['before', 'after'] });
    for (const phase of ['before', 'after'] as const) {
      live.reactor.addSystemEventTrigger(phase, 'shutdown', () => {
        live.log.push(`trigger ${phase}`);
        return Promise.resolve();
      });
    }
    live.slow.add('+logging before').add('-logging after').add('-early after');
    live.reactor.run().catch(() => undefined);
    await live.rest();
    expect(live.takeLog()).toBe('+logging before');
    expect(live.reactor.pending().map(({ name, status }) => [name, status])).toEqual([
      ['logging', undefined],
      ['early', 'waits for the foundations'],
      ['late', 'waits for the foundations'],
    ]);
    await live.settle('+logging before');
    expect(live.takeLog()).toBe('+early before +late before +early after +late after');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-late before -early before trigger before -late after -early after trigger after');
    expect(live.reactor.pending().map(({ name, status }) => [name, status])).toEqual([
      ['early', undefined],
      ['logging', 'waits for all others'],
    ]);
    await live.settle('-early after');
    expect(live.takeLog()).toBe('-logging after');
    expect(live.reactor.state).toBe('stopping');
    await live.settle('-logging after');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C67: closes last where nothing pends: the firing stays synchronous', async () => {
    const live = new LiveServices();
    live.reactor.use(foundation(live, 'logging'));
    live.use('web', { phases: ['after'] });
    await live.start();
    live.reactor.escalate();
    expect(live.takeLog()).toBe('-web -logging after');
    expect(live.reactor.state).toBe('stopped');
  });

  it('C67: a service that a foundation needs opens before it and closes after it', async () => {
    const live = new LiveServices();
    const base = foundation(live, 'config');
    const config = live.reactor.use({ ...base, foundation: false });
    live.reactor.use(foundation(live, 'logging', [config]));
    live.use('web', { phases: ['before', 'after'] });
    live.reactor.run().catch(() => undefined);
    await live.rest();
    expect(live.takeLog()).toBe('+config before +logging before +web before +web after');
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-web before -web after -logging after -config after');
  });

  it('C67: a foundation, or a service that a foundation needs, with functions in other phases is a TypeError', () => {
    const live = new LiveServices();
    expect(() => live.use('logging', { foundation: true })).toThrow(TypeError);
    const config = live.use('config');
    expect(() => live.reactor.use(foundation(live, 'tracing', [config]))).toThrow(
      'Service "config" is a foundation, or',
    );
    expect(live.state(live.service('tracing'))).toBe('none');
  });

  it('C67: a resource that is a foundation opens in before startup and closes in after shutdown', async () => {
    const live = new LiveServices();
    const logging = live.reactor.use(
      resource(
        'logging',
        ({ phase }) => live.log.push(`open ${phase}`),
        (_, { phase }) => live.log.push(`close ${phase}`),
        { foundation: true },
      ),
    );
    live.use('web');
    live.reactor.run().catch(() => undefined);
    await live.rest();
    expect(live.takeLog()).toBe('open before +web');
    expect(logging.value).toBe(1);
    void live.reactor.stop();
    await live.rest();
    expect(live.takeLog()).toBe('-web close after');
  });

  it('C67: if it fails to open, nothing else starts', async () => {
    const live = new LiveServices();
    live.reactor.use(foundation(live, 'logging'));
    live.use('web', { phases: ['before'] });
    live.failing.set('+logging before', new Error('disk full'));
    const run = live.reactor.run();
    run.catch(() => undefined);
    await live.rest();
    expect(live.takeLog()).toBe('+logging before');
    await expect(run).rejects.toThrow('disk full');
  });

  it('C67: restarting it leaves the others alone, and restarting another leaves it alone', async () => {
    const live = new LiveServices();
    const logging = live.reactor.use(foundation(live, 'logging'));
    const web = live.use('web');
    await live.start();
    expect(await stateOf(restartService(live.reactor, logging))).toBe('done');
    expect(live.takeLog()).toBe('-logging after +logging before');
    expect(await stateOf(restartService(live.reactor, web))).toBe('done');
    expect(live.takeLog()).toBe('-web +web');
    live.reactor.crash();
  });

  it('C67: pending() says which services wait for the foundations', async () => {
    const live = new LiveServices();
    live.reactor.use(foundation(live, 'logging'));
    live.use('web', { phases: ['before', 'after'] });
    live.slow.add('+logging before').add('-web after');
    live.reactor.run().catch(() => undefined);
    await live.rest();
    expect(live.reactor.pending().map(({ name, status }) => [name, status])).toEqual([
      ['logging', undefined],
      ['web', 'waits for the foundations'],
    ]);
    live.slow.delete('+logging before');
    await live.settle('+logging before');
    void live.reactor.stop();
    await live.rest();
    expect(live.reactor.pending().map(({ name, status }) => [name, status])).toEqual([
      ['web', undefined],
      ['logging', 'waits for all others'],
    ]);
    live.reactor.crash();
  });

  it('C66, C67: the limit of `after shutdown` bounds it, and one that waited for others has 500 ms of its own', async () => {
    const live = new LiveServices({ limits: { shutdown: { after: 1_000 } } });
    live.reactor.use(foundation(live, 'logging'));
    live.use('web', { phases: ['after'] });
    await live.start();
    live.slow.add('-web').add('-logging after');
    const run = live.reactor.stop();
    await live.rest();
    live.reactor.advance(1_000);
    await live.rest();
    expect(live.takeLog()).toBe('-web -logging after');
    live.reactor.advance(499);
    await live.rest();
    expect(live.reactor.state).toBe('stopping');
    live.reactor.advance(1);
    await live.rest();
    const { shutdown } = await run;
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['web', 'logging']);
  });

  it('C66, C67: alone in `after shutdown`, it has the limit of the phase', async () => {
    const live = new LiveServices({ limits: { shutdown: { after: 1_000 } } });
    live.reactor.use(foundation(live, 'logging'));
    await live.start();
    live.slow.add('-logging after');
    void live.reactor.stop();
    await live.rest();
    live.reactor.advance(999);
    await live.rest();
    expect(live.reactor.state).toBe('stopping');
    live.reactor.advance(1);
    await live.rest();
    expect(live.reactor.state).toBe('stopped');
  });
});
