import { afterEach, describe, expect, it } from '@jest/globals';
import { TriggerTimeoutError } from '@triphase/core';
import { RequestCutError, requestSignal } from '@triphase/node-reactor/http';
import { createServer, type IncomingMessage } from 'node:http';
import * as http2 from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { RawClient, deferred, refused, until } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

/** A server that never answers. `aborts`: the reasons with which the signals of its requests have aborted. */
function hangingServer() {
  const aborts: unknown[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request) => {
    requests.push(request);
    const signal = requestSignal(request);
    signal.addEventListener('abort', () => aborts.push(signal.reason));
  });
  const arrived = (n = 1): Promise<void> => until(() => requests.length >= n);
  return { server, aborts, requests, arrived };
}

describe('what a stop cuts', () => {
  it('N17: drainTimeout cuts, names each request, aborts its signal, and the stop has failed', async () => {
    const { server, aborts, arrived } = hangingServer();
    const { port, stop, errors } = await serving(server, { drainTimeout: 30 });
    const client = (await RawClient.connect(port)).get('/report?year=2026');
    await arrived();
    const { result } = await stop();
    await client.closed;
    const [failure] = result.errors;
    expect(failure?.message).toMatch(
      /Service "http" cut 1 request after drainTimeout: GET \/report\?year=2026 \(0\.\d s\)/,
    );
    const cause = failure?.cause;
    expect(cause).toBeInstanceOf(RequestCutError);
    expect((cause as RequestCutError).requests).toEqual([
      { method: 'GET', path: '/report?year=2026', age: expect.any(Number) },
    ]);
    expect([aborts, errors]).toEqual([[cause], [cause]]);
  });

  it('N17: requests that the limit of the phase cuts are named in the log, and counted in the report', async () => {
    const { server, aborts, arrived } = hangingServer();
    const { port, stop, errors } = await serving(
      server,
      {},
      { limits: { shutdown: { deadline: 10_000, during: 50 } } },
    );
    const good = (await RawClient.connect(port)).get('/good');
    await arrived();
    const { result } = await stop();
    await good.closed;
    expect(result.shutdown?.abandoned).toEqual([
      expect.objectContaining({ name: 'http', status: expect.stringMatching(/^\d+ request/) }),
    ]);
    expect(errors).toEqual([expect.any(RequestCutError), expect.any(TriggerTimeoutError)]);
    expect(aborts).toEqual(aborts.map(() => errors[0]));
  });

  it('N17: at most ten requests are named, and long paths are shortened', async () => {
    const { server, arrived } = hangingServer();
    const { port, stop } = await serving(server, { drainTimeout: 30 });
    for (let i = 0; i < 12; i++) (await RawClient.connect(port)).get(`/${'x'.repeat(300)}`);
    await arrived(12);
    const { result } = await stop();
    const message = String(result.errors[0]?.message);
    expect(message).toContain(`cut 12 requests after drainTimeout: GET /${'x'.repeat(199)}…`);
    expect(message).toContain(', and 2 more.');
    expect(message.length).toBeLessThan(3_000);
  });

  it('N17: an event stream is not counted among the requests that were cut', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('x'),
    );
    const { app, port } = await serving(server);
    const run = app.stop();
    await (
      await RawClient.connect(port)
    )
      .get('/')
      .until(/x/)
      .catch(() => undefined);
    app.escalate();
    expect((await run).errors).toEqual([]);
  });

  it('N17: escalate() cuts requests at once', async () => {
    const { server, aborts, arrived } = hangingServer();
    const { app, port, errors } = await serving(server);
    const client = (await RawClient.connect(port)).get('/');
    await arrived();
    const run = app.stop();
    app.escalate();
    await Promise.all([run, client.closed]);
    expect([aborts.length, errors]).toEqual([1, [expect.any(RequestCutError)]]);
  });
});

describe('requestSignal', () => {
  it('N17: aborts when the client goes away', async () => {
    const { server, aborts, arrived } = hangingServer();
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/');
    await arrived();
    client.socket.destroy();
    await until(() => aborts.length > 0);
    expect(aborts).toEqual([expect.objectContaining({ name: 'AbortError' })]);
    expect((await stop()).result.errors).toEqual([]);
  });

  it('N17: has aborted already if it is read after the client has gone', async () => {
    const requests: IncomingMessage[] = [];
    const server = createServer((request) => requests.push(request));
    const { port } = await serving(server);
    const client = (await RawClient.connect(port)).get('/');
    await until(() => requests.length > 0);
    client.socket.destroy();
    await until(() => requests[0]!.destroyed);
    await wait(1);
    expect(requestSignal(requests[0]!).aborted).toBe(true);
  });

  it('N17: never aborts for a request that was answered', async () => {
    const signals: AbortSignal[] = [];
    const server = createServer((request, response) => {
      signals.push(requestSignal(request));
      response.end('done');
    });
    const { port, stop } = await serving(server);
    await (await RawClient.connect(port)).get('/').until(/done/);
    await stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('N17: takes a request and a stream of HTTP/2', async () => {
    const signals: AbortSignal[] = [];
    const server = http2.createServer();
    server.on('stream', (stream) => signals.push(requestSignal(stream)));
    server.on('request', (request) => signals.push(requestSignal(request)));
    const { port } = await serving(server);
    const session = http2.connect(`http://127.0.0.1:${String(port)}`);
    const stream = session.request({ ':path': '/' });
    stream.on('error', () => undefined);
    await until(() => signals.length === 2);
    expect(signals[0]).toBe(signals[1]);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await until(() => signals[0]!.aborted);
    session.destroy();
  });

  it.each([
    { what: 'an empty object', value: {} },
    { what: 'an object with a stream', value: { stream: {} } },
    { what: 'a server', value: createServer() },
  ])('N17: refuses $what, which is no request', ({ value }) => {
    expect(() => requestSignal(value)).toThrow(/no request of a server under serveHttp/);
  });
});

describe('a service that http needs', () => {
  it('N18: stops after the last answer', async () => {
    const gate = deferred();
    let isOpen = true;
    const arrived = deferred();
    const server = createServer((_request, response) => {
      arrived.resolve();
      void gate.promise.then(() => response.end(isOpen ? 'open' : 'closed'));
    });
    const db = { name: 'db', shutdown: { during: () => void (isOpen = false) } };
    const { app, port, stop } = await withDb(server, db);
    expect(app.describe()).toContain('db: started');
    const client = (await RawClient.connect(port)).get('/');
    await arrived.promise;
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await client.until(/open/);
    await stopped;
    expect(isOpen).toBe(false);
  });

  it('N18: still has time to stop when http is cut at its limit', async () => {
    const { server, arrived } = hangingServer();
    const steps: string[] = [];
    const db = {
      name: 'db',
      shutdown: {
        during: async () => {
          steps.push('closing');
          await wait(1);
          steps.push('closed');
        },
      },
    };
    const limits = { shutdown: { deadline: 20_000, during: 500 } };
    const { port, stop } = await withDb(server, db, limits);
    (await RawClient.connect(port)).get('/');
    await arrived();
    const { result } = await stop();
    expect(steps).toEqual(['closing', 'closed']);
    expect(result.shutdown?.abandoned.map(({ name }) => name)).toEqual(['http']);
  });
});

async function withDb(server: ReturnType<typeof createServer>, db: { readonly name: string }, limits = {}) {
  // A service is added after those that it needs, so the database is added before the server: `serving` cannot do that.
  const { NodeReactor } = await import('@triphase/node-reactor');
  const { serveHttp } = await import('@triphase/node-reactor/http');
  const app = new NodeReactor({ signals: false, onError: () => undefined, limits });
  app.use(db);
  const http = app.use(serveHttp(server, { port: 0, hostname: '127.0.0.1', needs: [db] }));
  const run = app.run();
  await app.startupReport;
  return {
    app,
    port: http.port,
    stop: async () => {
      void app.stop();
      return { result: await run };
    },
  };
}
