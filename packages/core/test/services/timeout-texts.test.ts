import { describe, expect, it } from '@jest/globals';
import { background, inFlight, resource, type Service } from '@triphase/core';
import { LiveServices } from './live-services.ts';
import { never } from '../never.ts';

/** The errors of a start, and of a stop, whose functions don't end within 10 ms. */
async function timedOut(service: Service): Promise<readonly string[]> {
  const live = new LiveServices({ limits: { startup: { during: 10 }, shutdown: { during: 10 } } });
  live.reactor.use(service);
  await live.start();
  for (let i = 0; i < 2; i++) {
    if (live.reactor.state === 'running') live.reactor.stop().catch(() => undefined);
    await live.rest();
    live.reactor.advance(10);
    await live.rest();
  }
  return live.errors.map((error) => (error as Error).message);
}

describe('the error of a service that times out names the signal that its function got', () => {
  it.each<{ readonly name: string; readonly service: Service; readonly message: string }>([
    {
      name: 'a startup function',
      service: { name: 'x', startup: { during: never } },
      message: 'Service "x" (startup, during) timed out after 10 ms: end it when context.signal aborts',
    },
    {
      name: 'a shutdown function',
      service: { name: 'x', shutdown: { during: never } },
      message: 'Service "x" (shutdown, during) timed out after 10 ms: end it when context.signal aborts',
    },
    {
      name: 'a body that does not call ready()',
      service: background('x', never, { manualReady: true }),
      message: 'Service "x" (startup, during) timed out after 10 ms: end the body when its signal aborts',
    },
    {
      name: 'a body that does not end',
      service: background('x', never),
      message: 'Service "x" (shutdown, during) timed out after 10 ms: end the body when its signal aborts',
    },
    {
      name: 'open() of a resource',
      service: resource('x', never),
      message: 'Service "x" (startup, during) timed out after 10 ms: end open() when its signal aborts',
    },
    {
      name: 'close() of a resource',
      service: resource('x', () => 1, never),
      message: 'Service "x" (shutdown, during) timed out after 10 ms: end close() when its signal aborts',
    },
  ])('C22: $name', async ({ service, message }) => {
    expect(await timedOut(service)).toEqual([`${message}, or raise its limit`]);
  });

  it('C22, C62: work of a gate whose onAbandoned does not end', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 10 } } });
    const gate = live.reactor.use(inFlight('jobs'));
    await live.start();
    void gate.run(never, { onAbandoned: never }).catch(() => undefined);
    live.reactor.stop().catch(() => undefined);
    await live.rest();
    live.reactor.advance(8); // the drain ends
    await live.rest();
    live.reactor.advance(2);
    await live.rest();
    expect(live.errors.map((error) => (error as Error).message)).toEqual([
      'Service "jobs" (shutdown, before) timed out after 10 ms: end the work when its signal aborts, or raise its limit',
    ]);
  });

  it('C22, C57: work that was given to waitUntil', async () => {
    const live = new LiveServices({ limits: { shutdown: { before: 10 } } });
    await live.start();
    live.reactor.waitUntil(never(), { name: 'mail' });
    live.reactor.stop().catch(() => undefined);
    await live.rest();
    live.reactor.advance(10);
    await live.rest();
    expect(live.errors.map((error) => (error as Error).message)).toEqual([
      'Work "mail" (shutdown, before) timed out after 10 ms: end it when reactor.signal aborts, or raise its limit',
    ]);
  });
});
