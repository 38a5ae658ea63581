import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { RawClient, deferred, refused, until } from './raw-client.ts';
import { endAll, serving } from './serving.ts';
import { slowServer } from './slow-server.ts';

afterEach(endAll);

describe('the answer to a request that is under way', () => {
  const cookies = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'];
  it.each<{ readonly what: string; readonly answer: (response: ServerResponse) => unknown }>([
    { what: 'sets no header Connection', answer: (response) => response.end('done') },
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

  it('N13: five pipelined requests are all answered, and the last answer says close', async () => {
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

  it('N13: the handler is not called for a request that comes after an answer with close', async () => {
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
    await until(() => paths.length > 0);
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await client.until(/begun/);
    client.get('/second');
    await wait(50); // it has arrived by then; the server does not read it
    end.resolve();
    await client.ended();
    await stopped;
    expect([paths, client.received.match(/HTTP\/1\.1/g)?.length]).toEqual([['/first'], 1]);
  });

  it('N13: an answer whose head was sent before the stop is sent to its end, and its connection closes after idleGrace', async () => {
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
      await wait(20);
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
    await wait(100); // so that the buffers of the system are full
    client.socket.on('data', (text: string) => (received += text.length));
    client.socket.resume();
    await client.ended();
    expect(received).toBeGreaterThan(length);
    expect((await stopped).result.errors).toEqual([]);
  });
});
