import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { errors, hello, isClosing, serving, settle } from './serving.ts';
import { TestHost } from './test-host.ts';

afterEach(() => {
  errors.length = 0;
});

describe('a stop (N13)', () => {
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

  test('N13: clients that go on connecting delay the close of the listener by 200 ms at most', async () => {
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

  test('N13: the listener stays open while answers are being sent that began before the stop', async () => {
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
    // It goes on serving, and each answer closes its connection. Such an answer does not delay the close.
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
    { drainTimeout: undefined, limit: 5_000 },
    { drainTimeout: 1_000, limit: 1_000 },
  ])('N13: with drainTimeout $drainTimeout it stays open for $limit ms at most', async ({ drainTimeout, limit }) => {
    const host = new TestHost();
    const { app } = await serving((request) => (host.sending.add(request), hello()), { drainTimeout }, host);
    await host.send('/stream');
    void app.stop();
    await app.advanceAsync(limit);
    expect(host.log).toEqual(['listen 0']);
    await app.advanceAsync(150);
    expect(host.log.slice(0, 2)).toEqual(['listen 0', 'stop']);
  });

  test('D5: the host may not close a silent connection that waits for its answer or that has an event stream', async () => {
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

  test('N13: in the lead time it goes on serving, /readyz is 503, and answers do not close their connections', async () => {
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

  test('escalate() skips the hold', async () => {
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

describe('bodies that a host loses when its listener closes (N13)', () => {
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
    expect(isClosing(await host.send('/'))).toBe(true); // it goes on serving
    rest();
    await settle();
    await app.advanceAsync(100);
    expect(await (await upload).text()).toBe('first second');
    expect(host.log).toEqual(['listen 0', 'stop']);
  });

  test('the listener stays open until the body of a held request has come', async () => {
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

  test('a client that goes away meanwhile is an error of the body, not its end', async () => {
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
