import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, get } from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import { connect as connectTcp } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { certificate } from './certificate.ts';
import { deferred, RawClient, refused } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

/** Sends a request on a session; resolves with its status and body, or the code that its stream was closed with. */
function ask(session: http2.ClientHttp2Session, path = '/'): Promise<string> {
  const stream = session.request({ ':path': path });
  return new Promise((resolve) => {
    let body = '';
    let status = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    stream.on('response', (headers) => (status = String(headers[':status'])));
    stream.on('error', () => undefined); // the code tells
    stream.on('close', () => resolve(stream.rstCode === 0 ? `${status} ${body}` : `code ${String(stream.rstCode)}`));
  });
}

async function sessionOn(port: number, scheme = 'http'): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(`${scheme}://127.0.0.1:${String(port)}`, { rejectUnauthorized: false });
  session.on('error', () => undefined);
  await new Promise((resolve) => session.once('connect', resolve));
  return session;
}

describe('HTTP/2', () => {
  const kinds = {
    'without TLS': () => http2.createServer(),
    'with TLS': () => http2.createSecureServer(certificate),
    'with TLS and HTTP/1': () => http2.createSecureServer({ ...certificate, allowHTTP1: true }),
  };
  it.each(Object.entries(kinds))('N16: 100 streams under way finish, %s', async (kind, create) => {
    const gate = deferred();
    let running = 0;
    const server = create();
    server.on('request', (_request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => {
      running++;
      void gate.promise.then(() => response.end('done'));
    });
    const { http, port, stop } = await serving(server);
    const session = await sessionOn(port, kind === 'without TLS' ? 'http' : 'https');
    const answers = Array.from({ length: 100 }, () => ask(session));
    while (running < 100) await after(1);
    expect(http.status()).toBe('100 requests, 1 connection');
    const stopped = stop();
    await refused(port);
    gate.resolve();
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['200 done']));
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N16: an idle session does not hold the end', async () => {
    const server = http2.createServer((_request, response) => response.end('done'));
    const { port, stop } = await serving(server, { idleGrace: 60_000 });
    const session = await sessionOn(port);
    expect(await ask(session)).toBe('200 done');
    expect((await stop()).ms).toBeLessThan(10_000);
    expect(session.closed).toBe(true);
  });

  it('N12: probes are answered also where the program listens for streams alone', async () => {
    const server = http2.createServer();
    const asked: unknown[] = [];
    server.on('stream', (stream, headers) => {
      asked.push(headers[':path']);
      stream.respond({ ':status': 200 });
      stream.end('the program');
    });
    const { port, stop } = await serving(server);
    const session = await sessionOn(port);
    expect([await ask(session, '/livez'), await ask(session, '/readyz'), await ask(session, '/x')]).toEqual([
      '200 live\n',
      '200 ready\n',
      '200 the program',
    ]);
    expect(asked).toEqual(['/x']);
    await stop();
  });

  it('N16: clients that ask without end see nothing but answers and streams that were refused', async () => {
    const server = http2.createServer((_request, response) => setTimeout(() => response.end('done'), 5));
    const { port, stop } = await serving(server);
    const kinds: Set<string> = new Set();
    const sessions = await Promise.all(Array.from({ length: 5 }, () => sessionOn(port)));
    const clients = sessions.map(async (session) => {
      while (!session.closed && !session.destroyed)
        kinds.add(await ask(session).catch((error: unknown) => (error as { code: string }).code));
    });
    await after(100);
    const { result } = await stop();
    await Promise.all(clients);
    // 7: REFUSED_STREAM, not processed, safe to repeat. The other two: the session was closing before the request was sent.
    const allowed = ['200 done', 'code 7', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION'];
    expect([...kinds].filter((kind) => !allowed.includes(kind))).toEqual([]);
    expect(result.errors).toEqual([]);
  });
});

describe('TLS', () => {
  it('N13: a request under way is answered, and says close', async () => {
    const gate = deferred();
    const arrived = deferred();
    const server = https.createServer(certificate, (_request, response) => {
      arrived.resolve();
      void gate.promise.then(() => response.end('done'));
    });
    const { http, port, stop } = await serving(server);
    expect(http.url).toBe(`https://127.0.0.1:${String(port)}`);
    const answer: Promise<string> = new Promise((resolve, reject) => {
      https
        .get(
          { port, host: '127.0.0.1', rejectUnauthorized: false, agent: new https.Agent({ keepAlive: true }) },
          (response) => {
            response.resume();
            response.on('end', () => resolve(String(response.headers.connection)));
          },
        )
        .on('error', reject);
    });
    await arrived.promise;
    expect(http.status()).toBe('1 request, 1 connection');
    const stopped = stop();
    await refused(port);
    gate.resolve();
    expect(await answer).toBe('close');
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N13: a connection without a handshake does not hold the end', async () => {
    const { port, stop } = await serving(https.createServer(certificate), { idleGrace: 10 });
    const silent = await RawClient.connect(port);
    expect((await stop()).result.errors).toEqual([]);
    await silent.closed;
  });
});

describe('event streams', () => {
  const begin = { 'content-type': 'text/event-stream' };

  it('N16: an event stream is ended, not cut, and what the program writes later is dropped', async () => {
    const writes: unknown[] = [];
    const server = createServer((_request, response) => {
      response.writeHead(200, begin);
      response.write('data: one\n\n');
      timer = setInterval(() => writes.push(response.write('data: more\n\n')), 5);
    });
    let timer: NodeJS.Timeout | undefined;
    const { port, stop, errors } = await serving(server);
    const ended: Promise<boolean> = new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.complete)).on('error', reject);
      }).on('error', reject);
    });
    while (writes.length === 0) await after(1);
    const { result } = await stop();
    expect(await ended).toBe(true);
    const count = writes.length;
    while (writes.length === count) await after(1); // it goes on writing, without an error
    clearInterval(timer);
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('N16: one that begins while the server stops is ended too', async () => {
    const gate = deferred();
    const arrived = deferred();
    const server = createServer((_request, response) => {
      arrived.resolve();
      void gate.promise.then(() => {
        response.setHeader('content-type', 'text/event-stream');
        response.write('data: one\n\n');
      });
    });
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/');
    await arrived.promise;
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await client.until(/0\r\n\r\n$/);
    expect((await stopped).result.errors).toEqual([]);
  });

  it.each(['request', 'stream'] as const)('N16: one over HTTP/2 is ended (%s)', async (event) => {
    const server = http2.createServer();
    if (event === 'stream') {
      server.on('stream', (stream) => {
        stream.respond({ ':status': 200, ...begin });
        stream.write('data: one\n\n');
      });
    } else server.on('request', (_request, response) => response.writeHead(200, begin).write('data: one\n\n'));
    const { port, stop } = await serving(server);
    const session = await sessionOn(port);
    const stream = session.request({ ':path': '/' });
    await new Promise((resolve) => stream.once('data', resolve));
    const ended = new Promise((resolve) => stream.once('end', () => resolve(stream.rstCode)));
    stream.resume();
    const { result } = await stop();
    expect([await ended, result.errors]).toEqual([0, []]);
  });
});

describe('WebSockets', () => {
  /** A server with the package `ws`, and clients that are connected. */
  async function withClients(n: number, options: Parameters<typeof serving>[1] = {}) {
    const server = createServer((_request, response) => response.end('http'));
    const sockets = new WebSocketServer({ server });
    const serve = await serving(server, options);
    const clients = await Promise.all(
      Array.from({ length: n }, async () => {
        const client = new WebSocket(`ws://127.0.0.1:${String(serve.port)}/`);
        const closed: Promise<number> = new Promise((resolve) => void client.once('close', (code) => resolve(code)));
        await new Promise((resolve) => client.once('open', resolve));
        return { client, closed };
      }),
    );
    return { ...serve, server, sockets, clients, closed: Promise.all(clients.map(({ closed }) => closed)) };
  }

  it('N16: each is closed with 1001, and what the program sends later is dropped', async () => {
    const { sockets, closed, stop, errors } = await withClients(10);
    const timer = setInterval(() => sockets.clients.forEach((client) => client.send('more')), 1);
    const { result } = await stop();
    clearInterval(timer);
    expect(await closed).toEqual(Array.from({ length: 10 }, () => 1001));
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('N16: the close frames are spread over the lead time', async () => {
    const { clients, closed, stop } = await withClients(4, { leadTime: 400 });
    const order: number[] = [];
    clients.forEach(({ client }, index) => client.once('close', () => order.push(index)));
    const stopped = stop();
    await clients[0]!.closed;
    expect(order).toEqual([0]); // the others come later, one after the other
    expect(await closed).toEqual([1001, 1001, 1001, 1001]);
    expect(order).toEqual([0, 1, 2, 3]);
    await stopped;
  });

  it('N16: onStop closes them its own way, instead', async () => {
    const stops: string[] = [];
    const { sockets, closed, stop } = await withClients(2, {
      onStop: () => {
        stops.push('onStop');
        for (const client of sockets.clients) client.close(4000, 'restart');
      },
    });
    const { result } = await stop();
    expect([await closed, stops, result.errors]).toEqual([[4000, 4000], ['onStop'], []]);
  });

  it('N16: an onStop that fails is reported, and the sockets are closed at the limit', async () => {
    const { closed, stop, errors } = await withClients(1, {
      upgradeTimeout: 50,
      onStop: () => Promise.reject(new Error('no such list')),
    });
    await stop();
    expect([await closed, errors.map(String)]).toEqual([[1006], ['Error: no such list']]);
  });

  it('N16: a client that does not answer the close frame is cut after upgradeTimeout', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    const { port, stop } = await serving(server, { upgradeTimeout: 100 });
    const client = await RawClient.connect(port, { halfOpen: true });
    client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await client.until(/101/);
    const { result } = await stop();
    expect([client.received.endsWith('\x88\x02\x03\xe9'), result.errors]).toEqual([true, []]);
    client.socket.destroy();
  });

  it('N16: an upgrade that nobody has accepted yet, or that comes while stopping, gets a 503', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    server.on('upgrade', (_request, socket) => socket.on('error', () => undefined)); // it takes its time
    const { port, stop } = await serving(server, { idleGrace: 5_000 });
    const upgrade = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const early = (await RawClient.connect(port)).send(upgrade);
    const late = await RawClient.connect(port);
    await late.get('/').until(/ok/);
    const stopped = stop();
    await early.until(/503/);
    await refused(port);
    await late.send(upgrade).until(/503/);
    await Promise.all([early.closed, late.closed]);
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N16: a tunnel by CONNECT is ended, and cut after upgradeTimeout', async () => {
    const server = createServer();
    server.on('connect', (_request, socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    const { port, stop } = await serving(server, { upgradeTimeout: 100 });
    const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write('CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    expect((await stop()).result.errors).toEqual([]);
    socket.destroy();
  });
});
