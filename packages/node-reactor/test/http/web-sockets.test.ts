import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { RawClient, refused } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

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

  it('N16: each WebSocket is closed with 1001, and what the program sends later is dropped', async () => {
    const { sockets, closed, stop, errors } = await withClients(10);
    const timer = setInterval(() => sockets.clients.forEach((client) => client.send('more')), 1);
    const { result } = await stop();
    clearInterval(timer);
    expect(await closed).toEqual(Array.from({ length: 10 }, () => 1001));
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('N16: the close frames are sent one after another in the lead time', async () => {
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

  it('N16: with onStop the program closes them itself', async () => {
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

  it('N16: an upgrade that the program has not accepted yet, or that comes while stopping, gets 503', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    server.on('upgrade', (_request, socket) => socket.on('error', () => undefined)); // it doesn't answer
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
