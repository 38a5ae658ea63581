import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { RawClient, deferred, refused } from './raw-client.ts';
import type { NodeReactor } from '@triphase/node-reactor';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

const isSlow = (request: IncomingMessage): boolean => request.url?.startsWith('/slow') === true;

/** Answers at once, but `/slow…` not before `release`. */
function slowServer(
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.end('done'),
) {
  const gate = deferred();
  const arrived = deferred();
  const server = createServer((request, response) => {
    if (!isSlow(request)) {
      answer(response, request);
      return;
    }
    arrived.resolve();
    void gate.promise.then(() => answer(response, request));
  });
  return { server, release: gate.resolve, arrived: arrived.promise };
}

describe('closing the listener', () => {
  it('N13: the listener closes from the first moment of a stop, also while before shutdown pends', async () => {
    const gate = deferred();
    const { port, stop } = await serving(
      createServer((_request, response) => response.end('ok')),
      {},
      {
        prepare: (app, http) => app.use({ name: 'api', needs: [http], shutdown: { before: () => gate.promise } }),
      },
    );
    const stopped = stop();
    await refused(port);
    gate.resolve();
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N13: in the lead time the server accepts and serves, and is not ready', async () => {
    const served = createServer((_request, response) => response.end('served'));
    const { app, http, port, stop } = await serving(served, { leadTime: 1_000 });
    const stopped = stop();
    expect(http.status()).toMatch(/^lead time, (1\.0|0\.\d) s left, 0 requests, /);
    const probe = (await RawClient.connect(port)).get('/readyz');
    await probe.until(/stopping/);
    const late = (await RawClient.connect(port)).get('/');
    await late.until(/served/);
    expect([probe.received.includes('503'), late.received.includes('Connection: close'), app.running]).toEqual([
      true,
      false,
      true,
    ]);
    const { ms } = await stopped;
    expect(ms).toBeGreaterThan(999.999); // a difference of two readings is rounded
    await refused(port);
  });

  it('N13: a lead time ends even while before shutdown of another service pends', async () => {
    const gate = deferred();
    const { port, stop } = await serving(
      createServer(),
      { leadTime: 50 },
      {
        prepare: (app) => app.on('shutdown', { before: () => gate.promise }),
      },
    );
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await stopped;
  });

  it('N13: a second signal skips the lead time', async () => {
    const { app, port, stop } = await serving(createServer(), { leadTime: 10_000 });
    const stopped = stop();
    await after(20); // in the lead time
    app.escalate();
    expect((await stopped).ms).toBeLessThan(10_000);
    await refused(port);
  });

  it('N13: a start that fails is not held up by the lead time', async () => {
    const server = createServer();
    const fails = { name: 'fails', startup: { after: () => Promise.reject(new Error('no')) } };
    await expect(serving(server, { leadTime: 10_000 }, { prepare: (app) => app.use(fails) })).rejects.toThrow('no');
    expect(server.listening).toBe(false);
  });

  it('N13: a stop while the server starts to listen closes it', async () => {
    const server = createServer();
    const stopSoon = { prepare: (app: NodeReactor) => app.on('startup', { during: () => void app.stop() }) };
    const { app } = await serving(server, {}, stopSoon);
    expect([app.state, server.listening]).toEqual(['stopped', false]);
  });

  it('N13: the server emits close once, when the last connection is gone', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    const { port, stop } = await serving(server, { idleGrace: 20 });
    let closes = 0;
    server.on('close', () => closes++);
    const client = (await RawClient.connect(port)).get('/');
    await client.until(/ok/);
    await stop();
    await after(10); // another one would come in the next turns
    expect(closes).toBe(1);
  });
});

describe('the answer to a request that is under way', () => {
  const cookies = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'];
  it.each<{ readonly what: string; readonly answer: (response: ServerResponse) => unknown }>([
    { what: 'says nothing of connections', answer: (response) => response.end('done') },
    {
      what: 'sets Connection: keep-alive',
      answer: (response) => response.setHeader('connection', 'keep-alive').end('done'),
    },
    {
      what: 'gives keep-alive to writeHead',
      answer: (response) =>
        response.writeHead(200, { Connection: 'keep-alive' } satisfies OutgoingHttpHeaders).end('done'),
    },
    {
      what: 'gives keep-alive to writeHead in an array',
      answer: (response) => response.writeHead(200, 'fine', ['connection', 'keep-alive', ...cookies]).end('done'),
    },
  ])('N13: closes its connection when the program $what', async ({ answer }) => {
    const { server, release, arrived } = slowServer(answer);
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/slow');
    await arrived;
    const stopped = stop();
    await refused(port);
    release();
    await client.until(/done/);
    await client.ended();
    const { result } = await stopped;
    expect(client.received.match(/connection: [\w-]+/gi)).toEqual([expect.stringMatching(/close$/)]);
    expect(result.errors).toEqual([]);
  });

  it('N13: keeps every Set-Cookie of an array of headers', async () => {
    const { server, release, arrived } = slowServer((response) => response.writeHead(200, cookies).end('done'));
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/slow');
    await arrived;
    const stopped = stop();
    await refused(port);
    release();
    await client.until(/done/);
    await stopped;
    expect(client.received.match(/set-cookie: \w=\d/gi)).toHaveLength(2);
  });

  it('N13: of five pipelined requests all are answered, and the last says close', async () => {
    const { server, release, arrived } = slowServer((response, request) => response.end(`done ${String(request.url)}`));
    const { port, stop } = await serving(server);
    const client = await RawClient.connect(port);
    for (let i = 0; i < 5; i++) client.get(`/slow${String(i)}`);
    await arrived;
    const stopped = stop();
    await refused(port);
    release();
    await client.until(/done \/slow\d/, 5);
    await client.ended();
    await stopped;
    const answers = client.received.split('HTTP/1.1 200').slice(1);
    expect(answers.map((answer) => /connection: close/i.test(answer))).toEqual([false, false, false, false, true]);
  });

  it('N13: a request that comes after an answer that said close is never run', async () => {
    const paths: (string | undefined)[] = [];
    const end = deferred();
    const server = createServer((request, response) => {
      paths.push(request.url);
      void gate.promise.then(() => {
        response.write('begun'); // the head leaves, and says close
        void end.promise.then(() => response.end('done'));
      });
    });
    const gate = deferred();
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/first');
    while (paths.length === 0) await after(1);
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await client.until(/begun/);
    client.get('/second');
    await after(50); // it has arrived by now
    end.resolve();
    await client.ended();
    await stopped;
    expect([paths, client.received.match(/HTTP\/1\.1/g)?.length]).toEqual([['/first'], 1]);
  });

  it('N13: an answer whose head had left before the stop is whole, and its connection ends after the grace', async () => {
    const gate = deferred();
    const server = createServer((_request, response) => {
      response.write('begun');
      void gate.promise.then(() => response.end('done'));
    });
    const { port, stop } = await serving(server, { idleGrace: 50 });
    const client = (await RawClient.connect(port)).get('/');
    await client.until(/begun/);
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await client.until(/done/);
    await client.ended();
    expect(client.received).not.toMatch(/connection: close/i);
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N13: a client that is still sending its body gets the early answer, and is not cut', async () => {
    const { server, release, arrived } = slowServer((response) => response.writeHead(413).end('too long'));
    const { port, stop } = await serving(server);
    const client = await RawClient.connect(port);
    client.send('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n' + 'x'.repeat(1_000));
    await arrived;
    const stopped = stop();
    await refused(port);
    release();
    await client.until(/too long/);
    expect([client.received.includes('413'), client.isEnded]).toEqual([true, false]);
    client.send('x'.repeat(999_000));
    await client.ended();
    await stopped;
  });

  it('N13: a body that arrives slowly while stopping is read to its end and answered', async () => {
    const arrived = deferred();
    const server = createServer((request, response) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => (length += chunk.length));
      request.on('end', () => response.end(`got ${String(length)}`));
      arrived.resolve();
    });
    const { port, stop } = await serving(server);
    const client = await RawClient.connect(port);
    client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n');
    await arrived.promise;
    const stopped = stop();
    await refused(port);
    for (let i = 0; i < 10; i++) {
      client.send('xx');
      await after(20);
    }
    await client.until(/got 20/);
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N13: Expect: 100-continue works while stopping', async () => {
    const { server, release, arrived } = slowServer();
    server.on('request', (request) => request.resume());
    const { port, stop } = await serving(server);
    const client = await RawClient.connect(port);
    client.send('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n');
    await client.until(/100 Continue/);
    await arrived;
    const stopped = stop();
    await refused(port);
    client.send('body');
    release();
    await client.until(/done/);
    await stopped;
  });

  it('N13: a client that reads slowly gets the whole answer', async () => {
    const length = 20_000_000;
    const { server, release, arrived } = slowServer((response) => response.end(Buffer.alloc(length, 'x')));
    const { port, stop } = await serving(server);
    const client = await RawClient.connect(port);
    let received = 0;
    client.socket.removeAllListeners('data').pause();
    client.get('/slow');
    await arrived;
    const stopped = stop();
    await refused(port);
    release();
    await after(100); // the buffers of the system are full by now
    client.socket.on('data', (text: string) => (received += text.length));
    client.socket.resume();
    await client.ended();
    expect(received).toBeGreaterThan(length);
    expect((await stopped).result.errors).toEqual([]);
  });
});

describe('idle connections', () => {
  it('N14: 50 idle connections and 10 requests under way: all are answered, and the idle ones end', async () => {
    const { server, release } = slowServer();
    let slow = 0;
    server.on('request', (request) => {
      if (isSlow(request)) slow++;
    });
    const { http, port, stop } = await serving(server);
    const idle = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(port)));
    for (const client of idle) await client.get('/').until(/done/);
    const busy = await Promise.all(Array.from({ length: 10 }, () => RawClient.connect(port)));
    for (const client of busy) client.get('/slow');
    while (slow < 10) await after(1);
    expect(http.status()).toBe('10 requests, 60 connections');
    const stopped = stop();
    await Promise.all(idle.map((client) => client.ended()));
    // Closed by their grace, while the others are still being answered.
    while (http.status() !== '10 requests, 10 connections') await after(1);
    release();
    await Promise.all(busy.map((client) => client.until(/done/)));
    expect((await stopped).result.errors).toEqual([]);
    expect(http.status()).toBe('0 requests, 0 connections');
  });

  it('N13: a request within the grace is answered, one after our FIN is never run', async () => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.end('done');
    });
    const { port, stop } = await serving(server, { idleGrace: 1_000 });
    const early = await RawClient.connect(port);
    const late = await RawClient.connect(port, { halfOpen: true });
    const stopped = stop();
    await refused(port);
    await early.get('/early').until(/connection: close/i);
    await late.ended();
    late.get('/late');
    await stopped;
    expect([paths, late.received]).toEqual([['/early'], '']);
  });

  it('N13: who has sent part of a head gets time for the rest', async () => {
    const { port, stop } = await serving(
      createServer((_request, response) => response.end('done')),
      { idleGrace: 10 },
    );
    const client = await RawClient.connect(port);
    client.send('GET / HTTP/1.1\r\n');
    await after(20); // it has arrived
    const stopped = stop();
    await refused(port);
    await after(100); // ten times the grace of idle ones
    client.send('Host: x\r\n\r\n');
    await client.until(/done/);
    await stopped;
  });

  it('N13: a client that never closes its side does not hold the end', async () => {
    const { port, stop } = await serving(
      createServer((_request, response) => response.end('done')),
      { idleGrace: 10 },
    );
    const client = await RawClient.connect(port, { halfOpen: true });
    await client.get('/').until(/done/);
    const { result } = await stop();
    expect([client.isEnded, result.errors]).toEqual([true, []]);
    client.socket.destroy();
  });

  it('N13: a client that resets its connection does not hold the end', async () => {
    const { server, release, arrived } = slowServer();
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/slow');
    await arrived;
    const stopped = stop();
    client.socket.resetAndDestroy();
    await client.closed;
    expect((await stopped).result.errors).toEqual([]);
    release();
  });

  it('N13: a request that was under way when serveHttp was called is answered', async () => {
    const { server, release, arrived } = slowServer();
    server.listen(0, '127.0.0.1');
    while (!server.listening) await after(1);
    const { port } = server.address() as { port: number }; // it listens on a port
    const client = (await RawClient.connect(port)).get('/slow');
    await arrived;
    const serve = await serving(server, { idleGrace: 20 });
    expect(serve.http.status()).toBe('1 request, 1 connection');
    const stopped = serve.stop();
    await refused(port);
    release();
    await client.until(/done/);
    expect(client.received).toMatch(/connection: close/i);
    expect((await stopped).result.errors).toEqual([]);
  });

  it('N13: connections that were there before serveHttp was called are closed too', async () => {
    const server = createServer((_request, response) => response.end('done')).listen(0, '127.0.0.1');
    while (!server.listening) await after(1);
    const { port } = server.address() as { port: number }; // it listens on a port
    const known = await RawClient.connect(port);
    const silent = await RawClient.connect(port);
    await known.get('/').until(/done/);
    const serve = await serving(server, { idleGrace: 20 });
    expect(serve.port).toBe(port);
    await known.get('/again').until(/done/, 2);
    const { result } = await serve.stop();
    await Promise.all([known.closed, silent.closed]);
    expect(result.errors).toEqual([]);
  });
});
