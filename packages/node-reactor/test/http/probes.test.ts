import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { freePort } from '../../../../scripts/http-load.mjs';
import { deferred, RawClient, refused } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

const statusOf = async (port: number, path: string, method = 'GET'): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`, { method });
  return `${String(answer.status)} ${await answer.text()}`.trim();
};

/** A server that records the paths that reach its program. */
function countingServer() {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.end('the program');
  });
  return { server, asked };
}

describe("probes on the server's own port", () => {
  it('N12: the program does not see probes, and sees all other requests', async () => {
    const { server, asked } = countingServer();
    const { port } = await serving(server);
    expect([
      await statusOf(port, '/livez'),
      await statusOf(port, '/readyz?now'),
      await statusOf(port, '/readyz', 'HEAD'),
    ]).toEqual(['200 live', '200 ready', '200']);
    expect(asked).toEqual([]);
    for (const path of ['/readyz/', '/readyzz', '/', '/x?/readyz']) await statusOf(port, path);
    expect(await statusOf(port, '/readyz', 'POST')).toBe('200 the program');
    expect(asked).toEqual(['/readyz/', '/readyzz', '/', '/x?/readyz', '/readyz']);
  });

  it('N12: /readyz is 200 only while the reactor runs; /livez also while it starts or stops', async () => {
    const { server } = countingServer();
    const start = deferred();
    const seen: string[] = [];
    const { port, stop } = await serving(
      server,
      { leadTime: 200 },
      {
        prepare: (app, http) =>
          app.on('startup', {
            after: async () => {
              seen.push(await statusOf(http.port, '/readyz'), await statusOf(http.port, '/livez'));
              start.resolve();
            },
          }),
      },
    );
    await start.promise;
    seen.push(await statusOf(port, '/readyz'));
    const stopped = stop();
    seen.push(await statusOf(port, '/readyz'), await statusOf(port, '/livez'));
    await stopped;
    expect(seen).toEqual(['503 starting', '200 live', '200 ready', '503 stopping', '200 live']);
  });

  it('N12: their paths can be chosen, and false turns them off', async () => {
    const { server, asked } = countingServer();
    const { port } = await serving(server, { probes: { live: '/alive', ready: false } });
    expect([await statusOf(port, '/alive'), await statusOf(port, '/readyz'), await statusOf(port, '/livez')]).toEqual([
      '200 live',
      '200 the program',
      '200 the program',
    ]);
    expect(asked).toEqual(['/readyz', '/livez']);
    const { server: other, asked: all } = countingServer();
    const plain = await serving(other, { probes: false });
    await statusOf(plain.port, '/livez');
    expect(all).toEqual(['/livez']);
  });

  it('N12: no listener is added to the server, so that Node behaves as without serveHttp', async () => {
    const { server } = countingServer();
    const before = ['upgrade', 'connect', 'checkContinue', 'request', 'connection'].map((name) =>
      server.listenerCount(name),
    );
    const { port } = await serving(server);
    const after = ['upgrade', 'connect', 'checkContinue', 'request', 'connection'].map((name) =>
      server.listenerCount(name),
    );
    expect(after).toEqual(before);
    // Without a listener for `upgrade` Node answers such a request as any other.
    const client = await RawClient.connect(port);
    client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    await client.until(/the program/);
  });
});

describe('limits of the server', () => {
  it('N12: the limits of the server for headers and requests stay in force, also while it stops', async () => {
    const server = createServer(
      { maxHeaderSize: 1_000, requestTimeout: 300, connectionsCheckingInterval: 20 },
      (request) => {
        request.resume();
      },
    );
    const { http, port, stop } = await serving(server);
    const large = await RawClient.connect(port);
    await large.send(`GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(2_000)}\r\n\r\n`).until(/431/);
    const slow = await RawClient.connect(port);
    slow.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n');
    while (!http.status().startsWith('1 request')) await turn();
    const stopped = stop();
    await slow.until(/408/);
    expect((await stopped).result.errors).toEqual([]);
  });
});

describe('probes on a port of their own', () => {
  it('N12: they are answered before all other services start and until these have stopped', async () => {
    const { server, asked } = countingServer();
    const probes = await freePort();
    const seen: string[] = [];
    const ask = async (): Promise<void> => {
      seen.push(await statusOf(probes, '/readyz'));
    };
    const { port, stop } = await serving(
      server,
      { probes: { port: probes } },
      {
        prepare: (app) => {
          app.use({ name: 'db', startup: { during: ask }, shutdown: { during: ask } });
        },
      },
    );
    await ask();
    expect(await statusOf(port, '/livez')).toBe('200 the program');
    await stop();
    await refused(probes);
    expect(seen).toEqual(['503 starting', '200 ready', '503 stopping']);
    expect(asked).toEqual(['/livez']);
  });

  it('N12: their port is bound to loopback, and answers other requests with 404 or 405', async () => {
    const { server } = countingServer();
    const probes = await freePort();
    await serving(server, { probes: { port: probes } });
    expect([
      await statusOf(probes, '/'),
      await statusOf(probes, '/livez', 'POST'),
      await statusOf(probes, '/livez', 'HEAD'),
    ]).toEqual(['404 there are only the probes here', '405 GET or HEAD', '200']);
    await expect(connected(probes, '127.0.0.2')).resolves.toBe(false);
  });

  it('N12: a port for the probes that is taken fails the start, with what to do', async () => {
    const { server } = countingServer();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number }; // it listens on a port
    await expect(serving(server, { probes: { port } })).rejects.toThrow(
      `Service "http probes" cannot listen on 127.0.0.1:${String(port)} (EADDRINUSE): another process uses it`,
    );
    expect(server.listening).toBe(false);
    taken.close();
  });

  it('N12: random bytes get a 4xx or no answer, and probes are answered afterwards', async () => {
    const { server } = countingServer();
    const probes = await freePort();
    await serving(server, { probes: { port: probes } });
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1')),
      fc.tuple(fc.constantFrom('GET', 'POST', 'PRI', 'get'), fc.string(), fc.string()).map((parts) => parts.join(' ')),
      fc.constantFrom('GET /livez HTTP/9.9', 'GET http://[ HTTP/1.1', `GET /${'x'.repeat(20_000)} HTTP/1.1`),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (text) => {
        const client = await RawClient.connect(probes);
        client.send(`${text}\r\nHost: x\r\n\r\n`);
        client.socket.end();
        await client.closed;
        const [, status = '400'] = /^HTTP\/1\.1 (\d+)/.exec(client.received) ?? [];
        return /^4\d\d$/.test(status);
      }),
      { numRuns: 200 },
    );
    expect(await statusOf(probes, '/livez')).toBe('200 live');
  });
});

async function connected(port: number, host: string): Promise<boolean> {
  const socket = connect(port, host);
  const isThere = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return isThere;
}
