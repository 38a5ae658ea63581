import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { resource, restartService } from '@triphase/core';
import { fetchService, fetchSignalOf, type FetchServiceOptions, type HttpFetchService } from '@triphase/core/serving';
import { ManualReactor } from '@triphase/testing';
import { TestHost } from './test-host.ts';

type Handler = (request: Request) => unknown;

const errors: unknown[] = [];

afterEach(() => {
  errors.length = 0;
});

/** A program that serves, started. */
async function serving(
  handler: Handler,
  options: Partial<FetchServiceOptions> = {},
  host: TestHost = new TestHost(),
): Promise<{ app: ManualReactor; host: TestHost; http: HttpFetchService }> {
  const app = new ManualReactor({ onError: (error) => errors.push(error) });
  const http = app.use(fetchService('serve()', host, handler, { port: 0, ...options }));
  await app.start();
  return { app, host, http };
}

const hello = (): Response => new Response('hello');
const hang = (): Promise<Response> => new Promise(() => undefined);
const isClosing = (response: Response): boolean => response.headers.get('connection') === 'close';

/** Resolves when the promise jobs that are there have run. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a stop (D5′)', () => {
  test('N13: requests are held until none comes for 25 ms, the listener closes, then they run', async () => {
    const handler = jest.fn(hello);
    const { app, host } = await serving(handler);
    const stopped = app.stop();
    await settle();
    const held = host.send('/');
    await app.advanceAsync(24);
    expect(handler).not.toHaveBeenCalled();
    expect(host.log).toEqual(['listen 0']);
    await app.advanceAsync(100);
    expect(isClosing(await held)).toBe(true);
    expect(host.log).toEqual(['listen 0', 'stop']);
    await app.advanceAsync(1_000);
    const { errors: failures, left } = await stopped;
    expect({ failures, left }).toEqual({ failures: [], left: { queued: 0, timed: 0 } });
  });

  test('N13: clients that go on connecting hold it for 200 ms at most', async () => {
    const { app, host } = await serving(hello);
    void app.stop();
    await settle();
    const answers: Promise<Response>[] = [];
    for (let ms = 0; ms < 190; ms += 10) {
      answers.push(host.send('/'));
      await app.advanceAsync(10);
    }
    expect(host.log).toEqual(['listen 0']);
    await app.advanceAsync(40);
    expect(host.log).toEqual(['listen 0', 'stop']);
    expect((await Promise.all(answers)).every(isClosing)).toBe(true);
  });

  test('an answer whose headers cannot be changed is copied', async () => {
    const { app, host } = await serving(() => Response.redirect('http://localhost/elsewhere', 307));
    void app.stop();
    await settle();
    const held = host.send('/');
    await app.advanceAsync(100);
    const answer = await held;
    expect(isClosing(answer)).toBe(true);
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'http://localhost/elsewhere']);
  });

  test('D5′: the listener stays open while answers are sent whose head promised to keep the connection', async () => {
    const host = new TestHost();
    const { app } = await serving(
      (request) => {
        if (request.url.endsWith('/stream')) host.sending.add(request);
        return hello();
      },
      {},
      host,
    );
    expect(isClosing(await host.send('/stream'))).toBe(false);
    void app.stop();
    await app.advanceAsync(1_000);
    // Meanwhile it serves on, and each answer closes its connection: such a one holds up nothing.
    expect(isClosing(await host.send('/stream'))).toBe(true);
    const [first] = host.sending;
    expect(host.log).toEqual(['listen 0']);
    host.sending.delete(first as object);
    await app.advanceAsync(25); // looks every 25 ms
    const next = host.send('/'); // on the same connection
    await app.advanceAsync(24);
    expect(host.log).toEqual(['listen 0']);
    await app.advanceAsync(100);
    expect(isClosing(await next)).toBe(true);
    expect(host.log).toEqual(['listen 0', 'stop']);
  });

  test.each([
    [undefined, 5_000],
    [1_000, 1_000],
  ])('D5′: with drainTimeout %p for %p ms at most', async (drainTimeout, limit) => {
    const host = new TestHost();
    const { app } = await serving((request) => (host.sending.add(request), hello()), { drainTimeout }, host);
    await host.send('/stream');
    void app.stop();
    await app.advanceAsync(limit);
    expect(host.log).toEqual(['listen 0']);
    await app.advanceAsync(150);
    expect(host.log.slice(0, 2)).toEqual(['listen 0', 'stop']);
  });

  test('D5: a host that ends silent connections does not end one that waits for its answer, nor an event stream', async () => {
    const types: Record<string, string> = { '/events': 'text/event-stream', '/slow': 'text/plain' };
    const handler = async ({ url }: Request): Promise<Response> => {
      await settle();
      return new Response('data: 1\n\n', { headers: { 'content-type': types[new URL(url).pathname] as string } });
    };
    const { host } = await serving(handler);
    const slow = host.send('/slow');
    expect(host.silence).toEqual(['/slow no limit']);
    await slow;
    expect(host.silence).toEqual(['/slow no limit', '/slow limit']);
    await host.send('/events');
    expect(host.silence.slice(2)).toEqual(['/events no limit', '/events no limit']);
  });

  test('N13: in the lead time it serves on, not ready, and answers do not close', async () => {
    const { app, host, http } = await serving(hello, { leadTime: 1_000 });
    void app.stop();
    await app.advanceAsync(900);
    expect(isClosing(await host.send('/'))).toBe(false);
    expect((await host.send('/readyz')).status).toBe(503);
    expect((await host.send('/livez')).status).toBe(200);
    expect(http.status()).toBe('lead time, 0.1 s left, 0 requests');
    await app.advanceAsync(200);
    expect(host.log).toEqual(['listen 0', 'stop']);
  });

  test('N13: in Kubernetes the lead time is 5 s beyond loopback', async () => {
    const host = new TestHost();
    host.isKubernetes = true;
    expect((await serving(hello, {}, host)).http.leadTime).toBe(5_000);
    expect((await serving(hello, { hostname: '127.0.0.1' }, host)).http.leadTime).toBe(0);
    expect((await serving(hello, { leadTime: 7 }, host)).http.leadTime).toBe(7);
  });

  test('a second signal needs no hold', async () => {
    const { app, host } = await serving(hello);
    void app.stop();
    await settle();
    const held = host.send('/');
    app.escalate();
    await app.advanceAsync(20);
    expect((await held).status).toBe(503);
    expect(host.log).toEqual(['listen 0', 'stop', 'abort']);
  });
});

describe('bodies that a host loses when its listener closes (D5″)', () => {
  /** A body in two halves. */
  const inHalves = (): { body: ReadableStream; rest: () => void; fail: () => void } => {
    let controller: ReadableStreamDefaultController | undefined;
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const body = new ReadableStream({
      start(own) {
        controller = own;
        own.enqueue(bytes('first '));
      },
    });
    const rest = (): void => {
      controller?.enqueue(bytes('second'));
      controller?.close();
    };
    const fail = (): void => {
      controller?.error(new Error('the client has gone'));
    };
    return { body, rest, fail };
  };
  const text = async (request: Request): Promise<Response> => new Response(await request.text());
  const post = (body: BodyInit): RequestInit & { duplex: 'half' } => ({ method: 'POST', body, duplex: 'half' });

  test('a held request is read before the listener closes', async () => {
    const { app, host } = await serving(text, {}, new TestHost({ losesBodies: true }));
    void app.stop();
    const held = host.send('/', post('whole'));
    await app.advanceAsync(100);
    expect(await (await held).text()).toBe('whole');
    expect(host.log).toEqual(['listen 0', 'stop']);
  });

  test('the listener stays open until the body of an earlier request has come', async () => {
    const { app, host } = await serving(text, {}, new TestHost({ losesBodies: true }));
    const { body, rest } = inHalves();
    const upload = host.send('/', post(body));
    await settle();
    void app.stop();
    await app.advanceAsync(300);
    expect(host.log).toEqual(['listen 0']);
    expect(isClosing(await host.send('/'))).toBe(true); // served on
    rest();
    await settle();
    await app.advanceAsync(100);
    expect(await (await upload).text()).toBe('first second');
    expect(host.log).toEqual(['listen 0', 'stop']);
  });

  test('so it does for one that was held with half a body', async () => {
    const { app, host } = await serving(text, {}, new TestHost({ losesBodies: true }));
    void app.stop();
    const { body, rest } = inHalves();
    const upload = host.send('/', post(body));
    await app.advanceAsync(300);
    expect(host.log).toEqual(['listen 0']);
    rest();
    await settle();
    await app.advanceAsync(100);
    expect(await (await upload).text()).toBe('first second');
    expect(host.log).toEqual(['listen 0', 'stop']);
  });

  test('a client that goes meanwhile is an error of the body, not its end', async () => {
    const { app, host } = await serving(text, {}, new TestHost({ losesBodies: true }));
    void app.stop();
    const { body, fail } = inHalves();
    const upload = host.send('/', post(body));
    await settle();
    fail();
    await settle();
    await app.advanceAsync(300);
    expect((await upload).status).toBe(500);
    expect(errors.map(String)).toEqual(['Error: the client has gone']);
  });

  test('drainTimeout ends the wait', async () => {
    const host = new TestHost({ losesBodies: true });
    const { app } = await serving(text, { drainTimeout: 500 }, host);
    const upload = host.send('/', post(inHalves().body));
    await settle();
    const stopped = app.stop();
    await app.advanceAsync(2_000);
    expect((await upload).status).toBe(503);
    expect((await stopped).errors.map(String)).toEqual([expect.stringMatching(/cut 1 request after drainTimeout/)]);
  });
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

  test('N17: the signal of a request aborts when it is cut, and when its client goes, but not after the answer', async () => {
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

  test('N16: event streams are ended in order, those of other types are waited for', async () => {
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

describe('a program that goes on', () => {
  test.each([
    ['text', 'a value of type string'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ status: 200 }, 'a value of type object'],
  ])('D13: a handler that returns %p is reported, and its client gets 500', async (value, what) => {
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

  test('D5: undefined is no error on a host where it says that the request has become a WebSocket', async () => {
    const host = Object.assign(new TestHost(), { upgrades: true });
    const { http } = await serving(() => undefined, {}, host);
    expect(await host.send('/')).toBeUndefined();
    expect([errors, http.status()]).toEqual([[], '0 requests']);
  });

  test('N17: nobody waits for an answer whose client has gone, not even when it went before the stop', async () => {
    const left = new AbortController();
    const { app, host } = await serving(hang);
    const answer = host.send('/', { signal: left.signal });
    left.abort();
    const stopped = app.stop();
    await app.advanceAsync(1_000);
    expect((await answer).status).toBe(503);
    expect((await stopped).errors).toEqual([]);
  });

  test('N17: what a handler throws after its client has gone is reported, unless it only passes that on', async () => {
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

  test('C31: after a crash it serves on, on the same port', async () => {
    const { app, host } = await serving((request) => (request.url.endsWith('/hang') ? hang() : hello()));
    void host.send('/hang');
    void app.stop();
    await app.advanceAsync(100);
    app.crash();
    await settle();
    expect(host.log).toEqual(['listen 0', 'stop', 'listen 4321']);
    expect(isClosing(await host.send('/'))).toBe(false);
  });

  test('C60: while what it needs is restarted requests wait, with no new socket; after 5 s they get 503', async () => {
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
