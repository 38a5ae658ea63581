import { afterEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@triphase/core';
import { createServer, request } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { freePort } from '../../../../scripts/http-load.mjs';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

const startup = { during: (): void => undefined };

const ask = async (port: number, path: string): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`);
  return `${String(answer.status)} ${await answer.text()}`.trim();
};

/** A server with more services, which are used before it is started. */
const servingWith = (...services: readonly Service[]) =>
  serving(createServer(), {}, { prepare: (app) => services.forEach((service) => app.use(service)) });

describe('C61: probes ask the services', () => {
  it('/readyz is 503 while a service that affects readiness is down; /livez is 200', async () => {
    let state: 'up' | 'down' = 'down';
    const { port, app } = await servingWith(
      { name: 'cache', startup, affectsReadiness: true, health: () => Promise.resolve(state) },
      { name: 'shared', startup, health: () => 'down' },
    );
    expect([await ask(port, '/readyz'), await ask(port, '/livez')]).toEqual(['503 down: cache', '200 live']);
    state = 'up';
    const since = app.now();
    while ((await ask(port, '/readyz')) !== '200 ready') if (app.now() > since + 10_000) throw new Error('never ready');
  });

  it.each([
    { path: '/readyz?verbose', first: '503 down: cache' },
    { path: '/livez?x=1&verbose', first: '200 live' },
  ])('$path lists the services with state, age and status, and no details', async ({ path, first }) => {
    const { port } = await servingWith(
      { name: 'cache', startup, affectsReadiness: true, health: () => ({ status: 'down', detail: 'secret' }) },
      { name: 'db é', startup, status: () => '3 connections' },
      {
        name: 'worker',
        startup,
        health: () => {
          throw new Error('postgres://user:secret@host');
        },
      },
    );
    const lines = [
      /^\[\+\] http: started for \d+\.\d s, 1 request, \d connections?$/,
      /^\[-\] cache: started for \d+\.\d s, affects readiness$/,
      /^\[\+\] db é: started for \d+\.\d s, 3 connections$/,
      /^\[-\] worker: started for \d+\.\d s$/,
    ];
    const [status, ...services] = (await ask(port, path)).split('\n');
    expect(status).toBe(first);
    expect(services).toEqual(lines.map((line) => expect.stringMatching(line)));
    expect(services.join()).not.toContain('secret');
  });

  it('a service that never answers is down after a second, and other probes are answered meanwhile', async () => {
    const { port } = await servingWith({
      name: 'cache',
      startup,
      affectsReadiness: true,
      health: () => new Promise(() => undefined),
    });
    const asked = ask(port, '/readyz');
    expect(await ask(port, '/livez')).toBe('200 live');
    expect(await asked).toBe('503 down: cache');
  });

  it('when a stop begins while a service is asked, /readyz answers 503 at once', async () => {
    const { port, app, stop } = await servingWith({
      name: 'cache',
      startup,
      affectsReadiness: true,
      health: () => new Promise(() => undefined),
    });
    const asked = ask(port, '/readyz?verbose');
    while (app.getDelayedCalls().length === 0) await new Promise(setImmediate);
    const stopped = stop();
    expect((await asked).split('\n')[0]).toMatch(/^503 stop/);
    expect((await stopped).result.errors).toEqual([]);
  });

  it('a client that goes away while a service is asked causes no error', async () => {
    const { port, app, errors, stop } = await servingWith({
      name: 'cache',
      startup,
      health: () => new Promise(() => undefined),
    });
    const gone = request({ port, host: '127.0.0.1', path: '/readyz' }).end();
    gone.on('error', () => undefined);
    while (app.getDelayedCalls().length === 0) await new Promise(setImmediate);
    gone.destroy();
    expect(await ask(port, '/readyz')).toBe('200 ready');
    expect((await stop()).result.errors).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('HEAD gives the length of the body, and HTTP/2 is answered, too', async () => {
    const { port } = await servingWith({ name: 'cache', startup, affectsReadiness: true, health: () => 'down' });
    const head = await fetch(`http://127.0.0.1:${String(port)}/readyz`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([503, '12', '']);
    const http2 = await serving(
      createHttp2Server(),
      {},
      { prepare: (app) => app.use({ name: 'cache', startup, affectsReadiness: true, health: () => 'down' }) },
    );
    const client = connect(`http://127.0.0.1:${String(http2.port)}`);
    const stream = client.request({ ':path': '/readyz' });
    let body = '';
    for await (const chunk of stream.setEncoding('utf8')) body += String(chunk);
    client.close();
    expect(body).toBe('down: cache\n');
  });

  it('probes on a port of their own ask the services, too', async () => {
    const port = await freePort();
    await serving(
      createServer(),
      { probes: { port } },
      { prepare: (app) => app.use({ name: 'cache', startup, affectsReadiness: true, health: () => 'down' }) },
    );
    expect([await ask(port, '/readyz'), await ask(port, '/livez')]).toEqual(['503 down: cache', '200 live']);
  });
});
