import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { RawClient, refused, until } from './raw-client.ts';
import { endAll, serving } from './serving.ts';
import { isSlow, slowServer } from './slow-server.ts';

afterEach(endAll);

describe('idle connections', () => {
  it('N14: with 50 idle connections and 10 requests under way all requests are answered, and the idle connections close', async () => {
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
    await until(() => slow === 10);
    expect(http.status()).toBe('10 requests, 60 connections');
    const stopped = stop();
    await Promise.all(idle.map((client) => client.ended()));
    // They are closed after idleGrace, while the requests are still being answered.
    await until(() => http.status() === '10 requests, 10 connections');
    release();
    await Promise.all(busy.map((client) => client.until(/done/)));
    expect((await stopped).result.errors).toEqual([]);
    expect(http.status()).toBe('0 requests, 0 connections');
  });

  it('N13: a request within idleGrace is answered; the handler is not called for one after our FIN', async () => {
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

  it('N13: a client that has sent a part of a head gets time for the rest', async () => {
    const server = createServer((_request, response) => response.end('done'));
    let socket: Socket | undefined;
    server.on('connection', (accepted: Socket) => (socket = accepted));
    const { port, stop } = await serving(server, { idleGrace: 10 });
    const client = await RawClient.connect(port);
    client.send('GET / HTTP/1.1\r\n');
    await until(() => (socket?.bytesRead ?? 0) > 0); // it has arrived
    const stopped = stop();
    await refused(port);
    await wait(100); // ten times idleGrace
    client.send('Host: x\r\n\r\n');
    await client.until(/done/);
    await stopped;
  });

  it('N13: a client that never closes its side does not delay the end', async () => {
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

  it('N13: a client that resets its connection does not delay the end', async () => {
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
    await until(() => server.listening);
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

  it('N13: connections that were open before serveHttp was called are closed, too', async () => {
    const server = createServer((_request, response) => response.end('done')).listen(0, '127.0.0.1');
    await until(() => server.listening);
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
