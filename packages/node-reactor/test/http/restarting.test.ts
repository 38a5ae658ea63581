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
        void slow.promise.then(() => response.end(`slow ${what.db.value}`));
      } else response.end(`fast ${what.db.value}`);
    });
    const what = await new Restartable().start(server);
    const opening = deferred();
    what.opening = opening.promise;
    const first = (await RawClient.connect(what.port)).get('/slow');
    await arrived.promise;
    const restarted = what.restart();
    await what.waiting(0);
    const second = (await RawClient.connect(what.port)).get('/fast');
    await what.waiting(1);
    expect(what.said).toEqual(['open']);
    slow.resolve();
    await first.until(/slow db 1/);
    await what.closed();
    const third = (await RawClient.connect(what.port)).get('/fast'); // the socket still listens
    await what.waiting(2);
    first.get('/fast'); // on a connection that stays
    await what.waiting(3);
    opening.resolve();
    await restarted;
    for (const client of [first, second, third]) await client.until(/fast db 2/);
    expect([first, second, third].some(({ received }) => /connection: close/i.test(received))).toBe(false);
    for (const client of [first, second, third]) client.socket.destroy();
    expect((await what.serving.stop()).result.errors).toEqual([]);
    expect(what.serving.errors).toEqual([]);
  });

  it('C60: 20 clients see no error through ten restarts, with keep-alive and with new connections', async () => {
    const server = createServer((_request, response) => {
      const { value } = what.db;
      setTimeout(() => response.end(value === what.db.value ? value : undefined), 2);
    });
    const what = await new Restartable().start(server);
    for (const keepAlive of [true, false]) {
      const load = new Load({ port: what.port, keepAlive }).start();
      for (let n = 0; n < 10; n++) {
        await load.answers(50);
        await what.restart();
      }
      const { answered, broken, refused: turnedAway, errors } = await load.stop();
      expect([broken, turnedAway, errors, answered >= 500]).toEqual([0, 0, {}, true]);
    }
    expect((await what.serving.stop()).result.errors).toEqual([]);
  }, 60_000);

  it('C60: a request that has waited for 5 s gets 503 with Retry-After, and its connection stays open', async () => {
    const what = await new Restartable().start(createServer(answersWithDb(() => what)));
    const opening = deferred();
    what.opening = opening.promise;
    const restarted = what.restart();
    await what.closed();
    const { app } = what.serving;
    const since = app.now();
    const client = (await RawClient.connect(what.port)).get('/');
    await what.waiting(1);
    const [limit, ...others] = what.calls('requests that wait for a restart');
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
    const what = await new Restartable().start(createServer(answersWithDb(() => what)));
    const opening = deferred();
    what.opening = opening.promise;
    const restarted = what.restart();
    await what.closed();
    const clients: RawClient[] = [];
    // A hundred requests on each connection: the server reads all of them, and they wait.
    for (let n = 0; n < 10; n++)
      clients.push((await RawClient.connect(what.port)).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)));
    await what.waiting(1_000);
    const late = (await RawClient.connect(what.port)).get('/');
    await late.until(/503/);
    opening.resolve();
    await restarted;
    for (const client of clients) await client.until(/db 2/, 100);
    for (const client of [...clients, late]) client.socket.destroy();
  });

  it('C60: during a restart /readyz answers 503 and /livez 200', async () => {
    const what = await new Restartable().start(createServer(answersWithDb(() => what)));
    const opening = deferred();
    what.opening = opening.promise;
    const ask = async (path: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${String(what.port)}${path}`);
      return `${String(response.status)} ${(await response.text()).trim()}`;
    };
    const restarted = what.restart();
    await what.closed();
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
    const what = await new Restartable().start(createServer(answersWithDb(() => what)));
    await what.restart();
    const client = (await RawClient.connect(what.port)).get('/');
    await client.until(/db 2/);
    const { result } = await what.serving.stop();
    await client.ended();
    await refused(what.port);
    expect([result.errors, what.said]).toEqual([[], ['open', 'close', 'open', 'close']]);
  });

  it('C60: a request that outlives drainTimeout is cut and named, and the restart goes on', async () => {
    const server = createServer((request, response) => {
      if (request.url !== '/hangs') response.end(what.db.value);
    });
    const what = await new Restartable().start(server, { drainTimeout: 50 });
    const client = (await RawClient.connect(what.port)).get('/hangs');
    await once(server, 'request');
    const waits = await RawClient.connect(what.port);
    const restarted = what.restart();
    await what.waiting(0);
    waits.get('/');
    await restarted;
    await client.closed;
    await waits.until(/db 2/);
    waits.socket.destroy();
    expect(String(what.serving.errors)).toMatch(/cut 1 request after drainTimeout of a restart: GET \/hangs/);
    expect(what.serving.app.state).toBe('running');
  });

  it('C60: without drainTimeout a request is cut before the limit of the phase, so that the program goes on', async () => {
    const server = createServer(() => undefined);
    const limits = { shutdown: { during: 500 } };
    const what = await new Restartable().start(server, {}, { limits });
    const client = (await RawClient.connect(what.port)).get('/hangs');
    await once(server, 'request');
    const since = what.serving.app.now();
    const restarted = what.restart();
    await what.waiting(0);
    const [limit] = what.calls('drainTimeout');
    expect(limit!.time > since).toBe(true);
    await restarted;
    await client.closed;
    expect(limit!.active).toBe(false);
    expect(String(what.serving.errors)).toMatch(/cut 1 request after \d+ ms of a restart: GET \/hangs/);
    expect(what.serving.app.state).toBe('running');
  });
});
