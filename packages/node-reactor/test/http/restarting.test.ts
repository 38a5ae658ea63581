import { afterEach, describe, expect, it } from '@jest/globals';
import { addService, resource, restartService, type DelayedCall, type Resource, type Service } from '@triphase/core';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { Load } from '../../../../scripts/http-load.mjs';
import { RawClient, deferred, refused, until } from './raw-client.ts';
import { endAll, ending, serving, type Serving } from './serving.ts';
import { NodeReactor, type NodeReactorOptions } from '@triphase/node-reactor';
import { serveHttp, type AnyServer, type ServeHttpOptions } from '@triphase/node-reactor/http';

afterEach(endAll);

/** A database that can be slow to open and close, and a server that needs it. */
class Restartable {
  readonly said: string[] = [];
  /** What opening waits for, after the first time. */
  opening: Promise<unknown> = Promise.resolve();
  readonly db: Resource<string>;
  openings = 0;
  serving!: Serving;

  constructor(retry?: Parameters<typeof resource>[3]) {
    const open = async (): Promise<string> => {
      if (++this.openings > 1) await Promise.all([this.opening, after(10)]);
      this.said.push('open');
      return `db ${String(this.openings)}`;
    };
    this.db = resource('db', open, () => void this.said.push('close'), retry);
  }

  async start(server: AnyServer, options: ServeHttpOptions = {}, reactor: NodeReactorOptions = {}): Promise<this> {
    const errors: unknown[] = [];
    const app = ending(new NodeReactor({ signals: false, onError: (error) => errors.push(error), ...reactor }));
    app.use(this.db);
    const http = app.use(serveHttp(server, { port: 0, hostname: '127.0.0.1', needs: [this.db], ...options }));
    const run = app.run();
    run.catch(() => undefined);
    await app.startupReport;
    this.serving = {
      app,
      http,
      errors,
      port: http.port,
      stop: async () => {
        const since = app.now();
        await app.stop();
        return { result: await run, ms: app.now() - since };
      },
    };
    return this;
  }

  get port(): number {
    return this.serving.port;
  }

  restart(): Promise<void> {
    return restartService(this.serving.app, this.db);
  }

  /** Resolves once the database has been closed `n` times. */
  closed(n = 1): Promise<void> {
    return until(() => this.said.filter((word) => word === 'close').length >= n);
  }

  /** Resolves once `n` requests wait. */
  waiting(n: number): Promise<void> {
    return until(() => this.serving.http.status().includes(`restarting, ${String(n)} waiting`));
  }

  /** The timed calls of the reactor, each with its name: what the server does at a time. */
  calls(name: string): DelayedCall[] {
    return this.serving.app.getDelayedCalls().filter((call) => String(call).includes(name));
  }
}

const read =
  (of: () => Restartable): RequestListener =>
  (_request, response) =>
    void response.end(of().db.value);

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

  it('C60: 20 keep-alive clients see no error through ten restarts', async () => {
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

  it('C60: who waits for five seconds gets 503 with Retry-After, on a connection that stays', async () => {
    const what = await new Restartable().start(createServer(read(() => what)));
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

  it('C60: as many wait as may; more get 503 at once', async () => {
    const what = await new Restartable().start(createServer(read(() => what)));
    const opening = deferred();
    what.opening = opening.promise;
    const restarted = what.restart();
    await what.closed();
    const clients: RawClient[] = [];
    // Several on each connection: they are read one after another, and all of them wait.
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

  it('C60: /readyz says so meanwhile, /livez is live', async () => {
    const what = await new Restartable().start(createServer(read(() => what)));
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

  it('C60: a stop after a restart closes the listener and the connections as always', async () => {
    const what = await new Restartable().start(createServer(read(() => what)));
    await what.restart();
    const client = (await RawClient.connect(what.port)).get('/');
    await client.until(/db 2/);
    const { result } = await what.serving.stop();
    await client.ended();
    await refused(what.port);
    expect([result.errors, what.said]).toEqual([[], ['open', 'close', 'open', 'close']]);
  });

  it('C60: what outlives drainTimeout is cut and named, and the restart goes on', async () => {
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

  it('C60: without drainTimeout it is cut before the limit of the phase, so that the program goes on', async () => {
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

describe('C60: a stop in the middle of a restart', () => {
  it('C60: while requests are answered: it drains as always, and those that wait are answered too', async () => {
    const slow = deferred();
    const server = createServer((request, response) => {
      void (request.url === '/slow' ? slow.promise : Promise.resolve()).then(() => response.end(what.db.value));
    });
    const what = await new Restartable().start(server);
    const first = (await RawClient.connect(what.port)).get('/slow');
    await once(server, 'request');
    const restarted = what.restart().catch((error: unknown) => error);
    await what.waiting(0);
    const second = (await RawClient.connect(what.port)).get('/');
    await what.waiting(1);
    const stopped = what.serving.stop();
    await second.until(/db 1/);
    await refused(what.port);
    expect(what.said).toEqual(['open']);
    slow.resolve();
    await first.until(/db 1/);
    expect((await stopped).result.errors).toEqual([]);
    expect(await restarted).toMatchObject({ name: 'ReactorStoppedError' });
    expect(what.said).toEqual(['open', 'close']);
  });

  it('C60: while the database is down: those that wait get 503, the listener closes, and close is called once', async () => {
    const calls: string[] = [];
    const what = await new Restartable().start(createServer(read(() => what)), {
      close: () => void calls.push('close'),
    });
    const opening = deferred();
    what.opening = opening.promise;
    what.restart().catch(() => undefined);
    await what.closed();
    const client = (await RawClient.connect(what.port)).get('/');
    await what.waiting(1);
    const stopped = what.serving.stop();
    await client.until(/503/);
    await refused(what.port);
    opening.resolve();
    const { result } = await stopped;
    expect([result.errors, what.serving.errors, calls]).toEqual([[], [], ['close']]);
    await client.ended();
    expect(what.serving.http.status()).toMatch(/0 connections$/);
  });
});

describe('C31, C60: a crash in the middle of a restart', () => {
  it('C31, C60: while requests are answered: the server goes on', async () => {
    const slow = deferred();
    const server = createServer((request, response) => {
      void (request.url === '/slow' ? slow.promise : Promise.resolve()).then(() => response.end(what.db.value));
    });
    const what = await new Restartable().start(server);
    const first = (await RawClient.connect(what.port)).get('/slow');
    await once(server, 'request');
    what.restart().catch(() => undefined);
    await what.waiting(0);
    const second = (await RawClient.connect(what.port)).get('/');
    await what.waiting(1);
    what.serving.app.crash();
    await second.until(/db 1/);
    slow.resolve();
    await first.until(/db 1/);
    for (const client of [first, second]) client.socket.destroy();
    const run = what.serving.app.run();
    await what.serving.app.startupReport;
    const { result } = await what.serving.stop().then(async () => ({ result: await run }));
    expect(result.errors).toEqual([]);
    await refused(what.port);
  });

  it('C31, C60: while the database is down: requests get 503 until the next run has opened it', async () => {
    const what = await new Restartable().start(createServer(read(() => what)));
    const { app } = what.serving;
    const opening = deferred();
    what.opening = opening.promise;
    what.restart().catch(() => undefined);
    await what.closed();
    const client = (await RawClient.connect(what.port)).get('/');
    await what.waiting(1);
    app.crash();
    await client.until(/503/);
    await client.get('/').until(/503/, 2);
    opening.resolve();
    const run = app.run();
    await until(() => app.state === 'running');
    await client.get('/').until(/db \d/);
    client.socket.destroy();
    await app.stop();
    expect((await run).errors).toEqual([]);
    await refused(what.port);
  });
});

describe('C60: what has no end of its own', () => {
  it('C60: event streams are ended, WebSockets get 1001, and both come back once the server is up', async () => {
    const server: Server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${what.db.value}\n\n`);
    });
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n${what.db.value}`,
      );
      socket.on('data', () => undefined);
    });
    const what = await new Restartable().start(server);
    const upgrade = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const stream = (await RawClient.connect(what.port)).get('/');
    await stream.until(/data: db 1/);
    const socket = (await RawClient.connect(what.port)).send(upgrade);
    await socket.until(/db 1/);
    const opening = deferred();
    what.opening = opening.promise;
    const restarted = what.restart();
    await what.closed();
    await stream.until(/\r\n0\r\n/);
    expect([stream.isEnded, socket.received.endsWith('\x88\x02\x03\xe9'), socket.isEnded]).toEqual([false, true, true]);
    const next = (await RawClient.connect(what.port)).send(upgrade);
    stream.get('/');
    await what.waiting(2);
    opening.resolve();
    await restarted;
    await next.until(/101[^]*db 2/);
    await stream.until(/data: db 2/);
    for (const client of [stream, socket, next]) client.socket.destroy();
    expect(what.serving.errors).toEqual([]);
  });

  it('C60: a request for an upgrade that waits gets 503 when the program stops', async () => {
    const server = createServer();
    server.on('upgrade', () => {
      throw new Error('never called');
    });
    const what = await new Restartable().start(server);
    const opening = deferred();
    what.opening = opening.promise;
    what.restart().catch(() => undefined);
    await what.closed();
    const upgrade = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const client = (await RawClient.connect(what.port)).send(upgrade);
    await what.waiting(1);
    const stopped = what.serving.stop();
    await client.until(/503[^]*Retry-After: 5/);
    opening.resolve();
    expect((await stopped).result.errors).toEqual([]);
  });

  it('C60: a session of HTTP/2 stays open, and its new streams wait', async () => {
    const slow = deferred();
    const server = createHttp2Server();
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      const wait = headers[':path'] === '/slow' ? slow.promise : Promise.resolve();
      void wait.then(() => stream.end(what.db.value));
    });
    const what = await new Restartable().start(server);
    const session = connectHttp2(`http://127.0.0.1:${String(what.port)}`);
    const get = async (path: string): Promise<string> => {
      let text = '';
      for await (const chunk of session.request({ ':path': path }).setEncoding('utf8')) text += String(chunk);
      return text;
    };
    const first = get('/slow');
    await once(server, 'stream');
    const restarted = what.restart();
    await what.waiting(0);
    const second = get('/');
    await what.waiting(1);
    slow.resolve();
    expect(await first).toBe('db 1');
    await restarted;
    expect([await second, await get('/'), session.closed]).toEqual(['db 2', 'db 2', false]);
    session.close();
    expect((await what.serving.stop()).result.errors).toEqual([]);
  });

  it('C60: a client that goes away while it waits does no harm, and its handler is not called', async () => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls++;
      response.end('ok');
    });
    const what = await new Restartable().start(server);
    const opening = deferred();
    what.opening = opening.promise;
    const restarted = what.restart();
    await what.closed();
    const gone = (await RawClient.connect(what.port)).get('/');
    const post = (await RawClient.connect(what.port)).send(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
    );
    await what.waiting(2);
    gone.socket.destroy();
    post.socket.resetAndDestroy();
    await until(() => what.serving.http.status().endsWith('0 connections'));
    opening.resolve();
    await restarted;
    const client = (await RawClient.connect(what.port)).get('/');
    await client.until(/ok/);
    expect([calls, what.serving.errors]).toEqual([1, []]);
    client.socket.destroy();
  });
});

it('C60, N18: a server that another one needs is paused after it', async () => {
  const inner = createServer((_request, response) => response.end(what.db.value));
  const what = await new Restartable().start(inner);
  const { app, http } = what.serving;
  const slow = deferred();
  const front = createServer((_request, response) => {
    void slow.promise.then(async () => response.end(await (await fetch(http.url)).text()));
  });
  const service: Service = serveHttp(front, { port: 0, hostname: '127.0.0.1', needs: [http], name: 'front' });
  const added = (await addService(app, service)) as typeof http;
  const client = (await RawClient.connect(added.port)).get('/');
  await once(front, 'request');
  const restarted = what.restart();
  await until(() => added.status().startsWith('restarting'));
  slow.resolve();
  await client.until(/db 1/); // its handler asks the inner one, which still answers
  await restarted;
  client.socket.destroy();
  expect((await what.serving.stop()).result.errors).toEqual([]);
});

describe('a stop of the whole program with the reason restart', () => {
  it('H3: closes the listener in before shutdown, as any other stop does', async () => {
    const server = createServer((_request, response) => response.end());
    let wasListening: boolean | undefined;
    const { app, stop } = await serving(
      server,
      {},
      {
        prepare: (reactor) =>
          reactor.on('shutdown', {
            during: () => {
              wasListening = server.listening;
            },
          }),
      },
    );
    void app.stop({ kind: 'restart' });
    await stop();
    expect(wasListening).toBe(false);
  });
});
