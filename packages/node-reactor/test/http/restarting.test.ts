import { afterEach, describe, expect, it } from '@jest/globals';
import { restartService } from '@triphase/core';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Load } from '../../../../scripts/http-load.mjs';
import { RawClient, deferred, refused } from './raw-client.ts';
import { Restartable, answersWithDb } from './restartable.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

describe('C60: a restart of what a server needs', () => {
  it('C60: requests under way are answered before the database closes, new ones wait until it is open again', async () => {
    const slow = deferred();
    const arrived = deferred();
    const server = createServer((request, response) => {
      if (request.url === '/slow') {
        arrived.resolve();
        void slow.promise.then(() => response.end(`slow ${target.db.value}`));
      } else response.end(`fast ${target.db.value}`);
    });
    const target = await new Restartable().start(server);
    const opening = deferred();
    target.opening = opening.promise;
    const first = (await RawClient.connect(target.port)).get('/slow');
    await arrived.promise;
    const restarted = target.restart();
    await target.waiting(0);
    const second = (await RawClient.connect(target.port)).get('/fast');
    await target.waiting(1);
    expect(target.said).toEqual(['open']);
    slow.resolve();
    await first.until(/slow db 1/);
    await target.closed();
    const third = (await RawClient.connect(target.port)).get('/fast'); // the socket still listens
    await target.waiting(2);
    first.get('/fast'); // on a connection that stays
    await target.waiting(3);
    opening.resolve();
    await restarted;
    for (const client of [first, second, third]) await client.until(/fast db 2/);
    expect([first, second, third].some(({ received }) => /connection: close/i.test(received))).toBe(false);
    for (const client of [first, second, third]) client.socket.destroy();
    expect((await target.serving.stop()).result.errors).toEqual([]);
    expect(target.serving.errors).toEqual([]);
  });

  it('C60: 20 clients see no error through ten restarts, with keep-alive and with new connections', async () => {
    const server = createServer((_request, response) => {
      const { value } = target.db;
      setTimeout(() => response.end(value === target.db.value ? value : undefined), 2);
    });
    const target = await new Restartable().start(server);
    for (const keepAlive of [true, false]) {
      const load = new Load({ port: target.port, keepAlive }).start();
      for (let n = 0; n < 10; n++) {
        await load.answers(50);
        await target.restart();
      }
      const { answered, broken, refused: turnedAway, errors } = await load.stop();
      expect([broken, turnedAway, errors, answered >= 500]).toEqual([0, 0, {}, true]);
    }
    expect((await target.serving.stop()).result.errors).toEqual([]);
  }, 60_000);

  it('C60: a request that has waited for 5 s gets 503 with Retry-After, and its connection stays open', async () => {
    const target = await new Restartable().start(createServer(answersWithDb(() => target)));
    const opening = deferred();
    target.opening = opening.promise;
    const restarted = target.restart();
    await target.closed();
    const { app } = target.serving;
    const since = app.now();
    const client = (await RawClient.connect(target.port)).get('/');
    await target.waiting(1);
    const [limit, ...others] = target.calls('requests that wait for a restart');
    expect([limit!.time >= since + 5_000, limit!.time <= app.now() + 5_000, others]).toEqual([true, true, []]);
    await client.until(/503[^]*restarting/);
    expect([limit!.active, app.now() >= limit!.time]).toEqual([false, true]);
    expect(client.received).toMatch(/retry-after: 5\r\n/i);
    opening.resolve();
    await restarted;
    await client.get('/').until(/db 2/);
    client.socket.destroy();
  }, 30_000);

  it('C60: 1 000 requests wait; one more gets 503 at once', async () => {
    const target = await new Restartable().start(createServer(answersWithDb(() => target)));
    const opening = deferred();
    target.opening = opening.promise;
    const restarted = target.restart();
    await target.closed();
    const clients: RawClient[] = [];
    // A hundred requests on each connection: the server reads all of them, and they wait.
    for (let n = 0; n < 10; n++)
      clients.push((await RawClient.connect(target.port)).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)));
    await target.waiting(1_000);
    const late = (await RawClient.connect(target.port)).get('/');
    await late.until(/503/);
    opening.resolve();
    await restarted;
    for (const client of clients) await client.until(/db 2/, 100);
    for (const client of [...clients, late]) client.socket.destroy();
  });

  it('C60: during a restart /readyz answers 503 and /livez 200', async () => {
    const target = await new Restartable().start(createServer(answersWithDb(() => target)));
    const opening = deferred();
    target.opening = opening.promise;
    const ask = async (path: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${String(target.port)}${path}`);
      return `${String(response.status)} ${(await response.text()).trim()}`;
    };
    const restarted = target.restart();
    await target.closed();
    expect([await ask('/readyz'), await ask('/livez')]).toEqual(['503 restarting', '200 live']);
    opening.resolve();
    await restarted;
    expect(await ask('/readyz')).toBe('200 ready');
  });

  it('C60: a restart of the server itself keeps its socket, and calls neither open nor close', async () => {
    const calls: string[] = [];
    const server = createServer((_request, response) => response.end('ok'));
    const listen = async (): Promise<void> => {
      calls.push('open');
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    };
    const { app, http, port, stop } = await serving(server, { open: listen, close: () => void calls.push('close') });
    const client = await RawClient.connect(port);
    await restartService(app, http);
    await client.get('/').until(/ok/);
    expect([http.port, calls]).toEqual([port, ['open']]);
    client.socket.destroy();
    await stop();
    expect(calls).toEqual(['open', 'close']);
  });

  it('C60: a stop after a restart closes the listener and all connections', async () => {
    const target = await new Restartable().start(createServer(answersWithDb(() => target)));
    await target.restart();
    const client = (await RawClient.connect(target.port)).get('/');
    await client.until(/db 2/);
    const { result } = await target.serving.stop();
    await client.ended();
    await refused(target.port);
    expect([result.errors, target.said]).toEqual([[], ['open', 'close', 'open', 'close']]);
  });

  it('C60: a request that outlives drainTimeout is cut and named, and the restart goes on', async () => {
    const server = createServer((request, response) => {
      if (request.url !== '/hangs') response.end(target.db.value);
    });
    const target = await new Restartable().start(server, { drainTimeout: 50 });
    const client = (await RawClient.connect(target.port)).get('/hangs');
    await once(server, 'request');
    const waits = await RawClient.connect(target.port);
    const restarted = target.restart();
    await target.waiting(0);
    waits.get('/');
    await restarted;
    await client.closed;
    await waits.until(/db 2/);
    waits.socket.destroy();
    expect(String(target.serving.errors)).toMatch(/cut 1 request after drainTimeout of a restart: GET \/hangs/);
    expect(target.serving.app.state).toBe('running');
  });

  it('C60: without drainTimeout a request is cut before the limit of the phase, so that the program goes on', async () => {
    const server = createServer(() => undefined);
    const limits = { shutdown: { during: 500 } };
    const target = await new Restartable().start(server, {}, { limits });
    const client = (await RawClient.connect(target.port)).get('/hangs');
    await once(server, 'request');
    const since = target.serving.app.now();
    const restarted = target.restart();
    await target.waiting(0);
    const [limit] = target.calls('drainTimeout');
    expect(limit!.time > since).toBe(true);
    await restarted;
    await client.closed;
    expect(limit!.active).toBe(false);
    expect(String(target.serving.errors)).toMatch(/cut 1 request after \d+ ms of a restart: GET \/hangs/);
    expect(target.serving.app.state).toBe('running');
  });
});
