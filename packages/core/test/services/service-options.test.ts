import { describe, expect, it } from '@jest/globals';
import { background, every, health, inFlight, resource } from '@triphase/core';
import { rest } from '../hand-turned-reactor.ts';
import { createReactor } from '../hostile.ts';

describe('C65: mistakes are refused at once', () => {
  const [reactor] = createReactor();
  const use = (service: object): unknown => reactor.use({ name: 'db', ...service });
  const wrong = (value: unknown): never => value as never; // as: callers without types
  it.each<{ readonly message: string; readonly make: () => unknown }>([
    { message: 'The health of service "db" is', make: () => use({ health: 'up' }) },
    { message: 'The affectsReadiness of service "db" is', make: () => use({ affectsReadiness: 'yes' }) },
    { message: 'The foundation of service "db" is', make: () => use({ foundation: 1 }) },
    { message: 'The attach of service "db" is', make: () => use({ attach: 5 }) },
    { message: 'The status of service "db" is', make: () => use({ status: 'x' }) },
    {
      message: 'The manualReady of service "w" is',
      make: () => background('w', () => 1, { manualReady: wrong('no') }),
    },
    { message: 'The hold of every() is', make: () => every(reactor, 1, () => 1, { hold: wrong('no') }) },
    { message: 'The now of every() is', make: () => every(reactor, 1, () => 1, { now: wrong('x') }) },
    { message: 'The name of a service is', make: () => resource(wrong(Symbol('x')), () => 1) },
    { message: 'The name of a service is', make: () => background(wrong(5), () => 1) },
    { message: 'The name of a service is', make: () => inFlight(wrong(5)) },
    { message: 'The health of service "db" is', make: () => resource('db', () => 1, undefined, { health: wrong(1) }) },
    {
      message: 'The affectsReadiness of service "w" is',
      make: () => background('w', () => 1, { affectsReadiness: wrong(1) }),
    },
  ])('$message', ({ message, make }) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

describe('C61: health', () => {
  it('is read once, and is an option of resources and background services', async () => {
    const [reactor] = createReactor();
    let reads = 0;
    reactor.use({
      name: 'own',
      get health() {
        reads++;
        return (): 'up' => 'up';
      },
    });
    reactor.use(resource('pool', () => 1, undefined, { health: () => 'down', affectsReadiness: true }));
    reactor.use(background('worker', ({ stopped }) => stopped, { health: () => ({ status: 'down', detail: 'busy' }) }));
    void reactor.run();
    await rest(reactor);
    const { ready, services } = await health(reactor);
    await health(reactor);
    expect(reads).toBe(1);
    expect(ready).toBe(false);
    expect(services).toMatchObject([{ health: 'up' }, { health: 'down' }, { health: 'down', detail: 'busy' }]);
  });
});
