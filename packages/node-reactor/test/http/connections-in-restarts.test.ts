import { afterEach, describe, expect, it } from '@jest/globals';
import { addService, type Service } from '@triphase/core';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { RawClient, deferred, until } from './raw-client.ts';
import { Restartable } from './restartable.ts';
import { endAll } from './serving.ts';

afterEach(endAll);

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('C60: connections during a restart', () => {
  it('C60: event streams are ended, WebSockets get 1001, and new ones are served once the server is up', async () => {
    const server: Server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${target.db.value}\n\n`);
    });
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n${target.db.value}`,
      );
      socket.on('data', () => undefined);
    });
    const target = await new Restartable().start(server);
    const stream = (await RawClient.connect(target.port)).get('/');
    await stream.until(/data: db 1/);
    const socket = (await RawClient.connect(target.port)).send(UPGRADE);
    await socket.until(/db 1/);
    const opening = deferred();
    target.opening = opening.promise;
    const restarted = target.restart();
    await target.closed();
    await stream.until(/\r\n0\r\n/);
    expect([stream.isEnded, socket.received.endsWith('\x88\x02\x03\xe9'), socket.isEnded]).toEqual([false, true, true]);
    const next = (await RawClient.connect(target.port)).send(UPGRADE);
    stream.get('/');
    await target.waiting(2);
    opening.resolve();
    await restarted;
    await next.until(/101[^]*db 2/);
    await stream.until(/data: db 2/);
    for (const client of [stream, socket, next]) client.socket.destroy();
    expect(target.serving.errors).toEqual([]);
  });

  it('C60: a request for an upgrade that waits gets 503 when the program stops', async () => {
    const server = createServer();
    server.on('upgrade', () => {
      throw new Error('never called');
    });
    const target = await new Restartable().start(server);
    const opening = deferred();
    target.opening = opening.promise;
    target.restart().catch(() => undefined);
    await target.closed();
    const client = (await RawClient.connect(target.port)).send(UPGRADE);
    await target.waiting(1);
    const stopped = target.serving.stop();
    await client.until(/503[^]*Retry-After: 5/);
    opening.resolve();
    expect((await stopped).result.errors).toEqual([]);
  });

  it('C60: a session of HTTP/2 stays open, and its new streams wait', async () => {
    const slow = deferred();
    const server = createHttp2Server();
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      const wait = headers[':path'] === '/slow' ? slow.promise : Promise.resolve();
      void wait.then(() => stream.end(target.db.value));
    });
    const target = await new Restartable().start(server);
    const session = connectHttp2(`http://127.0.0.1:${String(target.port)}`);
    const get = async (path: string): Promise<string> => {
      let text = '';
      for await (const chunk of session.request({ ':path': path }).setEncoding('utf8')) text += String(chunk);
      return text;
    };
    const first = get('/slow');
    await once(server, 'stream');
    const restarted = target.restart();
    await target.waiting(0);
    const second = get('/');
    await target.waiting(1);
    slow.resolve();
    expect(await first).toBe('db 1');
    await restarted;
    expect([await second, await get('/'), session.closed]).toEqual(['db 2', 'db 2', false]);
    session.close();
    expect((await target.serving.stop()).result.errors).toEqual([]);
  });

  it('C60: no handler is called for a client that goes away while it waits, and no error is reported', async () => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls++;
      response.end('ok');
    });
    const target = await new Restartable().start(server);
    const opening = deferred();
    target.opening = opening.promise;
    const restarted = target.restart();
    await target.closed();
    const gone = (await RawClient.connect(target.port)).get('/');
    const post = (await RawClient.connect(target.port)).send(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
    );
    await target.waiting(2);
    gone.socket.destroy();
    post.socket.resetAndDestroy();
    await until(() => target.serving.http.status().endsWith('0 connections'));
    opening.resolve();
    await restarted;
    const client = (await RawClient.connect(target.port)).get('/');
    await client.until(/ok/);
    expect([calls, target.serving.errors]).toEqual([1, []]);
    client.socket.destroy();
  });
});

it('C60, N18: a server that another server needs holds its requests only after that one has drained', async () => {
  const inner = createServer((_request, response) => response.end(target.db.value));
  const target = await new Restartable().start(inner);
  const { app, http } = target.serving;
  const slow = deferred();
  const front = createServer((_request, response) => {
    void slow.promise.then(async () => response.end(await (await fetch(http.url)).text()));
  });
  const service: Service = serveHttp(front, { port: 0, hostname: '127.0.0.1', needs: [http], name: 'front' });
  const added = (await addService(app, service)) as typeof http;
  const client = (await RawClient.connect(added.port)).get('/');
  await once(front, 'request');
  const restarted = target.restart();
  await until(() => added.status().startsWith('restarting'));
  slow.resolve();
  await client.until(/db 1/); // its handler asks the inner one, which still answers
  await restarted;
  client.socket.destroy();
  expect((await target.serving.stop()).result.errors).toEqual([]);
});
