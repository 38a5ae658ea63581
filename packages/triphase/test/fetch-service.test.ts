import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { resource, restartService } from '@triphase/core';
import { describeUnusedServers } from '@triphase/core/process';
import { fetchService, fetchSignalOf } from '@triphase/core/serving';
import { ManualReactor } from '@triphase/testing';
import { errors, hang, hello, isClosing, serving, settle } from './serving.ts';
import { TestHost } from './test-host.ts';

afterEach(() => {
  errors.length = 0;
});

describe('limits and streams', () => {
  test('N17: at drainTimeout requests without an answer get 503, are named, and the rest is cut', async () => {
    const { app, host } = await serving(hang, { drainTimeout: 100 });
    const answer = host.send('/job?n=1');
    const stopped = app.stop();
    await app.advanceAsync(500);
    expect((await answer).status).toBe(503);
    expect(isClosing(await answer)).toBe(true);
    expect((await stopped).errors.map(String)).toEqual([
      expect.stringMatching(/Service "http" cut 1 request after drainTimeout: GET \/job\?n=1 \(0\.\d s\)/),
    ]);
    expect(host.log).toEqual(['listen 0', 'stop', 'abort']);
  });

  test('N17: the signal of a request aborts when it is cut, and when its client goes away, but not after the answer', async () => {
    const signals: AbortSignal[] = [];
    const handler = (request: Request): Promise<Response> | Response => {
      const signal = fetchSignalOf(request) as AbortSignal;
      signals.push(signal);
      if (request.url.endsWith('/quick')) return hello();
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    };
    const { app, host } = await serving(handler, { drainTimeout: 100 });
    const client = new AbortController();
    await host.send('/quick', { signal: client.signal });
    void host.send('/gone', { signal: client.signal });
    void host.send('/cut');
    client.abort();
    void app.stop();
    await app.advanceAsync(500);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, true]);
    expect(signals[2]?.reason).toMatchObject({ code: 'ERR_TRIPHASE_REQUEST_CUT' });
    expect(errors.filter((error) => String(error).includes('This operation was aborted'))).toEqual([]);
  });

  test('N16: event streams are ended by a stop', async () => {
    const cancelled = jest.fn<() => void>();
    const stream = (): ReadableStream =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('data: 1\n\n'));
        },
        cancel: cancelled,
      });
    const { app, host, http } = await serving(
      () => new Response(stream(), { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }),
    );
    const text = (await host.send('/')).text();
    const stopped = app.stop();
    await app.advanceAsync(200);
    expect(await text).toBe('data: 1\n\n');
    expect(cancelled).toHaveBeenCalledTimes(1);
    expect(http.status()).toBe('0 requests');
    await app.advanceAsync(100);
    expect((await stopped).errors).toEqual([]);
  });

  test('N16: WebSockets are closed, and cut after upgradeTimeout', async () => {
    const host = new TestHost();
    const { app } = await serving(hello, { upgradeTimeout: 300 }, host);
    const socket = { close: jest.fn(), destroy: jest.fn() };
    host.sockets = [socket]; // it does not answer the close frame
    void app.stop();
    await app.advanceAsync(200);
    expect(socket.close).toHaveBeenCalled();
    expect(socket.destroy).not.toHaveBeenCalled();
    await app.advanceAsync(300);
    expect(socket.destroy).toHaveBeenCalled();
  });
});

describe('errors, restarts and crashes', () => {
  test('N28: a server is named once, unless app.use() has taken it', () => {
    describeUnusedServers(); // those of other tests
    const make = (name: string) => fetchService('serve()', new TestHost(), hello, { port: 0, name });
    new ManualReactor().use(make('used'));
    make('shop');
    const line = "No reactor uses the server shop, so it doesn't listen: pass it to app.use()";
    expect([describeUnusedServers(), describeUnusedServers()]).toEqual([[line], []]);
  });

  test.each([
    { value: 'text', what: 'a value of type string' },
    { value: undefined, what: 'undefined' },
    { value: null, what: 'null' },
    { value: { status: 200 }, what: 'a value of type object' },
  ])('D13: a handler that returns $value is reported, and its client gets 500', async ({ value, what }) => {
    const { host } = await serving(() => value);
    const { host: late } = await serving(() => Promise.resolve(value));
    expect((await host.send('/')).status).toBe(500);
    expect((await late.send('/')).status).toBe(500);
    const message = `The handler returned ${what}, and no Response: return one, such as new Response('text')`;
    expect(errors.map((error) => [(error as Error).name, (error as Error).message])).toEqual([
      ['TypeError', message],
      ['TypeError', message],
    ]);
  });

  test('D5: undefined is no error on a host where it means that the request has become a WebSocket', async () => {
    const host = Object.assign(new TestHost(), { upgrades: true });
    const { http } = await serving(() => undefined, {}, host);
    expect(await host.send('/')).toBeUndefined();
    expect([errors, http.status()]).toEqual([[], '0 requests']);
  });

  test('N17: a stop does not wait for the answer to a client that has gone', async () => {
    const left = new AbortController();
    const { app, host } = await serving(hang);
    const answer = host.send('/', { signal: left.signal });
    left.abort();
    const stopped = app.stop();
    await app.advanceAsync(1_000);
    expect((await answer).status).toBe(503);
    expect((await stopped).errors).toEqual([]);
  });

  test('N17: an error of a handler after its client has gone is reported, unless it is the reason of the abort', async () => {
    const left = new AbortController();
    const failing = (request: Request): Promise<Response> =>
      new Promise((_, reject) => {
        fetchSignalOf(request)?.addEventListener('abort', () => {
          reject(request.url.endsWith('/passes') ? (request.signal.reason as Error) : new Error('db is closed'));
        });
      });
    const { host } = await serving(failing);
    void host.send('/passes', { signal: left.signal });
    void host.send('/fails', { signal: left.signal });
    await settle();
    left.abort();
    await settle();
    expect(errors.map(String)).toEqual(['Error: db is closed']);
  });

  test('a handler that throws or rejects is reported, and its client gets 500', async () => {
    const { host } = await serving((request) => {
      if (request.url.endsWith('/sync')) throw new Error('thrown');
      return Promise.reject(new Error('rejected'));
    });
    expect((await host.send('/sync')).status).toBe(500);
    expect((await host.send('/async')).status).toBe(500);
    expect(errors.map(String)).toEqual(['Error: thrown', 'Error: rejected']);
  });

  test('C31: after a crash it goes on serving, on the same port', async () => {
    const { app, host } = await serving((request) => (request.url.endsWith('/hang') ? hang() : hello()));
    void host.send('/hang');
    void app.stop();
    await app.advanceAsync(100);
    app.crash();
    await settle();
    expect(host.log).toEqual(['listen 0', 'stop', 'listen 4321']);
    expect(isClosing(await host.send('/'))).toBe(false);
  });

  test('C60: while a service that it needs is restarted, requests wait, and get 503 after 5 s; the listener stays', async () => {
    const host = new TestHost();
    const app = new ManualReactor();
    const gate: { open: () => void } = { open: () => undefined };
    let opens = 0;
    const open = (): Promise<void> | undefined =>
      opens++ === 0
        ? undefined
        : new Promise((resolve) => {
            gate.open = resolve;
          });
    const db = app.use(resource('db', open));
    app.use(fetchService('serve()', host, hello, { port: 0, needs: [db] }));
    await app.start();
    const restarted = restartService(app, db);
    await app.advanceAsync(50);
    const early = host.send('/');
    expect((await host.send('/readyz')).status).toBe(503);
    await app.advanceAsync(5_000);
    expect((await early).status).toBe(503);
    expect((await early).headers.get('retry-after')).toBe('5');
    const late = host.send('/');
    gate.open();
    await app.advanceAsync(50);
    await restarted;
    expect((await late).status).toBe(200);
    expect(host.log).toEqual(['listen 0']);
  });

  test('N13: a port that is taken is a ListenError that says what to do', async () => {
    const host = new TestHost();
    host.failure = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
    const app = new ManualReactor({ onError: () => undefined });
    app.use(fetchService('serve()', host, hello, { port: 80 }));
    const report = await app.start().catch((error: unknown) => error);
    expect(JSON.stringify(report, ['errors', 'error', 'message', 'cause'])).toContain(
      'cannot listen on port 80 (EADDRINUSE): another process uses it',
    );
  });
});
