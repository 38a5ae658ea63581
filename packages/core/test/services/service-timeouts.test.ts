import { describe, expect, it } from '@jest/globals';

import { resource, TriggerTimeoutError, type Limits, type Service, type ServiceTimeouts } from '@triphase/core';

import { LiveServices } from './live-services.ts';
import { never } from '../never.ts';

describe('the timeout of a service', () => {
  it.each<{ readonly name: string; readonly timeout: number | ServiceTimeouts }>([
    { name: 'a number', timeout: 10 },
    { name: '{ stop }', timeout: { stop: 10 } },
  ])('C66: $name bounds its shutdown functions', async ({ timeout }) => {
    const live = new LiveServices();
    live.reactor.use({ name: 'x', timeout, shutdown: { during: never } });
    await live.start();
    const run = live.reactor.stop();
    await live.rest();
    live.reactor.advance(9);
    await live.rest();
    expect(live.reactor.state).toBe('stopping');
    live.reactor.advance(1);
    await live.rest();
    expect((await run).errors).toEqual([expect.any(TriggerTimeoutError)]);
  });

  it('C66: `start` bounds its startup functions, each for itself, and `stop` does not', async () => {
    const live = new LiveServices();
    live.use('db', { phases: ['before', 'during'], timeout: { start: 10, stop: 5 } });
    live.slow.add('+db before').add('+db during');
    const run = live.reactor.run();
    run.catch(() => undefined);
    await live.rest();
    live.reactor.advance(9);
    await live.settle('+db before');
    live.reactor.advance(9);
    await live.rest();
    expect(live.reactor.state).toBe('starting');
    live.reactor.advance(1);
    await live.rest();
    await expect(run).rejects.toThrow('Service "db" (startup, during) timed out after 10 ms');
  });

  it('C66: a resource has both too', async () => {
    const live = new LiveServices();
    live.reactor.use(resource('db', () => 'db', never, { timeout: { start: 1_000, stop: 10 } }));
    await live.start();
    void live.reactor.stop();
    await live.rest();
    live.reactor.advance(10);
    await live.rest();
    expect(live.reactor.state).toBe('stopped');
    expect(live.errors).toEqual([expect.any(TriggerTimeoutError)]);
  });

  it.each<{ readonly timeout: unknown; readonly message: RegExp }>([
    { timeout: '10', message: /^The timeout of service "x" is .* got the string '10'/ },
    { timeout: NaN, message: /^The timeout of service "x" is .* got NaN/ },
    { timeout: -1, message: /^The timeout of service "x" is .* got -1/ },
    { timeout: null, message: /^The timeout of service "x" is .* got null/ },
    { timeout: { start: '5' }, message: /^The timeout "start" of service "x" is .* got the string '5'/ },
    { timeout: { stop: -5 }, message: /^The timeout "stop" of service "x" is .* got -5/ },
  ])('C66: $timeout is refused', ({ timeout, message }) => {
    const live = new LiveServices();
    const service = { name: 'x', timeout } as Service; // as: callers without types pass anything
    expect(() => live.reactor.use(service)).toThrow(message);
    expect(live.state(service)).toBe('none');
  });
});

describe('limits that nest', () => {
  const useIn = (limits: { startup?: Limits; shutdown?: Limits }, service: Partial<Service>): void => {
    const live = new LiveServices({ limits });
    live.reactor.use({ name: 'x', startup: { during: never }, shutdown: { during: never }, ...service });
  };

  it('C66: a `stop` above the limit of its phase is refused with both numbers, and the deadline counts too', () => {
    const shutdown = { deadline: 10_000, during: 5_000 };
    expect(() => {
      useIn({ shutdown }, { timeout: { stop: 6_000 } });
    }).toThrow(
      new RangeError(
        'The timeout "stop" of service "x" is 6000 ms, longer than limits.shutdown.during (5000 ms): shorten it, or raise limits.shutdown.during',
      ),
    );
    expect(() => {
      useIn({ shutdown: { deadline: 10_000 } }, { timeout: { stop: 11_000 } });
    }).toThrow('is 11000 ms, longer than limits.shutdown.deadline (10000 ms)');
  });

  it('C66: a `start` above the limit of its phase is refused', () => {
    expect(() => {
      useIn({ startup: { during: 100 } }, { timeout: { start: 101 } });
    }).toThrow('The timeout "start" of service "x" is 101 ms, longer than limits.startup.during (100 ms)');
  });

  it.each<{
    readonly name: string;
    readonly limits: { startup?: Limits; shutdown?: Limits };
    readonly service: Partial<Service>;
  }>([
    { name: 'a plain number', limits: { shutdown: { during: 100 } }, service: { timeout: 200 } },
    { name: 'the same length', limits: { shutdown: { during: 100 } }, service: { timeout: { stop: 100 } } },
    { name: 'another phase', limits: { shutdown: { before: 100 } }, service: { timeout: { stop: 200 } } },
    { name: 'another end', limits: { startup: { during: 100 } }, service: { timeout: { stop: 200 } } },
    {
      name: 'Infinity, which is no limit',
      limits: { shutdown: { during: 100 } },
      service: { timeout: { stop: Infinity } },
    },
  ])('C66: $name is allowed', ({ limits, service }) => {
    expect(() => {
      useIn(limits, service);
    }).not.toThrow();
  });

  it('C66: the limit of a phase above the deadline is refused where the reactor is made', () => {
    expect(() => new LiveServices({ limits: { shutdown: { deadline: 100, during: 101 } } })).toThrow(
      new RangeError(
        'The limit "during" is 101 ms, longer than the deadline (100 ms): shorten it, or raise the deadline',
      ),
    );
    expect(() => new LiveServices({ limits: { shutdown: { deadline: 100, during: Infinity } } })).not.toThrow();
  });
});

describe('who is named at a limit', () => {
  /** A consumer that hangs, and the database it needs. */
  const hangingConsumer = async (limits: Limits): Promise<LiveServices> => {
    const live = new LiveServices({ limits: { shutdown: limits } });
    const db = live.use('db');
    live.use('consumer', { needs: [db] });
    await live.start();
    live.slow.add('-consumer').add('-db');
    return live;
  };

  it('C66: the consumer that hangs is named, and the database that waited for it gets its own time', async () => {
    const live = await hangingConsumer({ during: 2_000 });
    const run = live.reactor.stop();
    await live.rest();
    live.reactor.advance(2_000);
    await live.rest();
    expect(live.takeLog()).toBe('-consumer -db');
    live.reactor.advance(400);
    await live.settle('-db');
    const { shutdown } = await run;
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer']);
    expect(shutdown?.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('Service "consumer" (shutdown, during) timed out after 2000 ms') as unknown,
    ]);
  });

  it('C66: the database is named too only if it outlives its own time', async () => {
    const live = await hangingConsumer({ during: 2_000 });
    const run = live.reactor.stop();
    await live.rest();
    live.reactor.advance(2_000);
    await live.rest();
    live.reactor.advance(500);
    await live.rest();
    const { shutdown } = await run;
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer', 'db']);
  });

  it('C66: at the deadline only those are blamed that had their time', async () => {
    const live = await hangingConsumer({ deadline: 2_000 });
    const run = live.reactor.stop();
    await live.rest();
    live.reactor.advance(2_000);
    await live.rest();
    const { shutdown } = await run;
    expect(live.takeLog()).toBe('-consumer -db');
    expect(shutdown?.errors).toHaveLength(1);
    expect(shutdown?.abandoned.map(({ name }) => name)).toEqual(['consumer', 'db']);
  });
});
