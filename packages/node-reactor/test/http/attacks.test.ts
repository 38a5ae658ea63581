import { afterEach, describe, expect, it } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { ListenError, serveHttp } from '@triphase/node-reactor/http';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, createServer, request, type Server } from 'node:http';
import * as http2 from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { RawClient, deferred, until } from './raw-client.ts';
import { endAll, serving, type Serving } from './serving.ts';

afterEach(endAll);

const UPGRADE = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** A client that has sent a request already: its next one arrives on an open connection. */
async function known({ port }: Serving): Promise<RawClient> {
  const client = await RawClient.connect(port);
  await client.get('/first').until(/200 OK/);
  client.received = '';
  return client;
}

/** Stops the server, and waits 5 ms: the server holds requests by then, and it does so for 25 ms at least. */
async function holding(serve: Serving): Promise<{ readonly over: ReturnType<Serving['stop']> }> {
  const over = serve.stop();
  await wait(5);
  return { over };
}

// An uncaught error fails the test, since jest listens for them.
describe('while requests are held', () => {
  it('N13: a client that resets its upgrade causes no error', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    server.on('upgrade', (_request, socket) => socket.end());
    const serve = await serving(server);
    const client = await known(serve);
    const { over } = await holding(serve);
    client.send(UPGRADE);
    await wait(5);
    client.socket.resetAndDestroy();
    expect((await over).result.errors).toEqual([]);
  });

  it.each(['stream', 'session'])('N16: a client of HTTP/2 that breaks its %s causes no error', async (what) => {
    const server = http2.createServer();
    server.on('stream', (stream) => {
      stream.on('error', () => undefined); // as in any handler: the reset may come after it was called
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    const serve = await serving(server);
    const session = http2.connect(`http://127.0.0.1:${String(serve.port)}`);
    session.on('error', () => undefined);
    const ask = (): http2.ClientHttp2Stream => session.request({ ':method': 'POST' }).on('error', () => undefined);
    const first = ask().resume();
    first.end();
    await new Promise((resolve) => first.once('close', resolve));
    const { over } = await holding(serve);
    const held = ask();
    held.write('x');
    await wait(5);
    if (what === 'stream') held.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    else session.destroy(new Error('gone'));
    const { result } = await over;
    session.destroy();
    expect(result.errors).toEqual([]);
  });

  it('N16: a client of HTTP/2 that keeps its stream open after the answer does not delay the end', async () => {
    const server = http2.createServer((_request, response) => response.end('ok'));
    const serve = await serving(server);
    const session = http2.connect(`http://127.0.0.1:${String(serve.port)}`);
    session.on('error', () => undefined);
    const stream = session.request({ ':method': 'POST' }).on('error', () => undefined);
    stream.write('x'); // and never ended, nor read
    await new Promise((resolve) => stream.once('response', resolve));
    expect((await serve.stop()).result.errors).toEqual([]);
    session.destroy();
  });

  it('N3: a held request is run in the async context in which it came, not in that of the caller of stop()', async () => {
    const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();
    const serve = await serving(
      createServer((_request, response) => response.end(`store: ${String(storage.getStore())}`)),
    );
    const client = await known(serve);
    const { over } = await storage.run('admin', () => holding(serve));
    await client.get('/').until(/store: undefined/);
    await over;
  });
});

describe('handlers', () => {
  it('N13: the answer of a handler that removes the header Connection says close all the same', async () => {
    const serve = await serving(
      createServer((_request, response) => {
        response.removeHeader('Connection');
        setTimeout(() => response.end('ok'), 1);
      }),
    );
    const client = await known(serve);
    const { over } = await holding(serve);
    await client.get('/').until(/connection: close/i);
    await over;
  });

  it('N14: clients that are answered before they have sent their body do not delay the end', async () => {
    const serve = await serving(createServer((_request, response) => response.writeHead(404).end('no')));
    const agent = new Agent({ keepAlive: true });
    const codes: string[] = [];
    const ask = (): void => {
      const sent = request({ port: serve.port, host: '127.0.0.1', method: 'POST', agent }, (response) =>
        response.resume().on('end', ask),
      );
      sent.on('error', ({ code }: NodeJS.ErrnoException) => codes.push(String(code)));
      sent.end(Buffer.alloc(300_000));
    };
    for (let i = 0; i < 5; i++) ask();
    await wait(100);
    const { result } = await serve.stop();
    await until(() => codes.length === 5);
    expect([result.errors, new Set(codes)]).toEqual([[], new Set(['ECONNREFUSED'])]);
  });

  it('N14: a client that always has a request under way does not delay the end', async () => {
    const serve = await serving(
      createServer((_request, response) => void setTimeout(() => response.end('ok'), 20)),
      { idleGrace: 50 },
    );
    const client = await RawClient.connect(serve.port);
    let answers = 0;
    client.socket.on('data', (text: string) => {
      const more = text.match(/200 OK/g)?.length ?? 0;
      answers += more;
      for (let i = 0; i < more && !client.isEnded; i++) client.get('/');
    });
    for (let i = 0; i < 5; i++) client.get('/');
    await until(() => answers >= 5);
    const { result } = await serve.stop();
    expect(result.errors).toEqual([]);
    expect(client.received).toMatch(/connection: close/i);
  });

  it('N12: a request event that the program emits itself reaches its listeners', async () => {
    const asked: unknown[] = [];
    const server = createServer((incoming) => asked.push(incoming.url));
    await serving(server);
    server.emit('request', { url: '/made-up', headers: {} }, {});
    expect(asked).toEqual(['/made-up']);
  });

  it('N12: HEAD of a probe has no body, also where the server refuses one', async () => {
    const serve = await serving(
      createServer({ rejectNonStandardBodyWrites: true }, (_request, response) => response.end('ok')),
    );
    const client = await RawClient.connect(serve.port);
    await client.send('HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n').until(/content-length: 5\r\n/);
    await serve.stop();
  });
});

describe('answers without an end of their own', () => {
  const begin = { 'content-type': 'text/event-stream' };

  it('N16: an event stream whose client does not read is cut after upgradeTimeout', async () => {
    const isFull = deferred();
    const serve = await serving(
      createServer((_request, response) => {
        response.writeHead(200, begin);
        while (!response.writableNeedDrain) response.write('x'.repeat(100_000));
        setTimeout(isFull.resolve, 50);
      }),
      { upgradeTimeout: 100 },
    );
    const client = await RawClient.connect(serve.port);
    client.get('/').socket.pause();
    await isFull.promise;
    expect((await serve.stop()).result.errors).toEqual([]);
    client.socket.destroy();
  });

  it('N16: an event stream whose end() throws is reported and cut, and the stop goes on', async () => {
    const serve = await serving(
      createServer((_request, response) => {
        response.writeHead(200, begin).write('data: 1\n\n');
        const end = (): never => {
          throw new Error('no end');
        };
        response.end = end;
      }),
    );
    const client = await RawClient.connect(serve.port);
    await client.get('/').until(/data: 1/);
    await serve.stop();
    expect([serve.errors.map(String), serve.http.status()]).toEqual([['Error: no end'], '0 requests, 0 connections']);
  });

  it('N16: a stream that the server pushes over HTTP/2 is sent to its end', async () => {
    const server = http2.createServer();
    server.on('stream', (stream) => {
      stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
        pushed.respond({ ':status': 200 });
        pushed.write('begin');
        setTimeout(() => pushed.end('end'), 700);
      });
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    const serve = await serving(server, { idleGrace: 10 });
    const session = http2.connect(`http://127.0.0.1:${String(serve.port)}`);
    const pushed: Promise<string> = new Promise((resolve) => {
      session.on('stream', (stream: http2.ClientHttp2Stream) => {
        let text = '';
        stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        stream.on('close', () => resolve(text));
      });
    });
    const answer = session.request({ ':path': '/' });
    await new Promise((resolve) => answer.resume().once('close', resolve));
    await serve.stop();
    expect(await pushed).toBe('beginend');
  });
});

describe('other parts of the program', () => {
  it('N18: a server that another server needs serves until that server has answered', async () => {
    const app = new NodeReactor({ signals: false, onError: () => undefined });
    const local = { port: 0, hostname: '127.0.0.1' };
    const inner = app.use(
      serveHttp(
        createServer((_request, response) => response.end('inner')),
        { ...local, name: 'inner' },
      ),
    );
    const arrived = deferred();
    const gate = deferred();
    const proxy: Server = createServer((_request, response) => {
      arrived.resolve();
      void gate.promise.then(() => fetch(inner.url)).then(async (answer) => response.end(await answer.text()));
    });
    const outer = app.use(serveHttp(proxy, { ...local, name: 'outer', needs: [inner] }));
    const run = app.run();
    await app.startupReport;
    const client = (await RawClient.connect(outer.port)).get('/');
    await arrived.promise;
    void app.stop();
    await until(() => !proxy.listening);
    gate.resolve();
    await client.until(/inner/);
    expect((await run).errors).toEqual([]);
  });

  it.each([
    { when: 'the lead time', options: { leadTime: 10_000 } },
    { when: 'the hold', options: {} },
  ])('C31: after a crash in $when the reactor runs again, and the server listens', async ({ options }) => {
    const serve = await serving(
      createServer((_request, response) => response.end('ok')),
      options,
    );
    void serve.app.stop().catch(() => undefined);
    await wait(5);
    serve.app.crash();
    await until(() => serve.app.state === 'idle');
    const run = serve.app.run();
    await serve.app.startupReport;
    await (await RawClient.connect(serve.port)).get('/').until(/200 OK/);
    serve.app.escalate();
    expect((await run).shutdown).toBeDefined();
  });

  it('N12: a port that is taken fails the start also with ws, which emits the error of the server a second time', async () => {
    const { port } = await serving(createServer());
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    await expect(serving(server, { port })).rejects.toMatchObject({
      result: { reason: { cause: expect.any(ListenError) } },
    });
    sockets.close();
  });
});
