import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, get } from 'node:http';
import * as http2 from 'node:http2';
import { sessionOn } from './http2-client.ts';
import { deferred, RawClient, refused, until } from './raw-client.ts';
import { endAll, serving } from './serving.ts';

afterEach(endAll);

describe('event streams', () => {
  const begin = { 'content-type': 'text/event-stream' };

  it('N16: an event stream is ended, not cut, and what the program writes later is dropped', async () => {
    const writes: unknown[] = [];
    const server = createServer((_request, response) => {
      response.writeHead(200, begin);
      response.write('data: one\n\n');
      timer = setInterval(() => writes.push(response.write('data: more\n\n')), 5);
    });
    let timer: NodeJS.Timeout | undefined;
    const { port, stop, errors } = await serving(server);
    const ended: Promise<boolean> = new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.complete)).on('error', reject);
      }).on('error', reject);
    });
    await until(() => writes.length > 0);
    const { result } = await stop();
    expect(await ended).toBe(true);
    const count = writes.length;
    await until(() => writes.length > count); // it goes on writing, without an error
    clearInterval(timer);
    expect([errors, result.errors]).toEqual([[], []]);
  });

  it('N16: an event stream that begins while the server stops is ended, too', async () => {
    const gate = deferred();
    const arrived = deferred();
    const server = createServer((_request, response) => {
      arrived.resolve();
      void gate.promise.then(() => {
        response.setHeader('content-type', 'text/event-stream');
        response.write('data: one\n\n');
      });
    });
    const { port, stop } = await serving(server);
    const client = (await RawClient.connect(port)).get('/');
    await arrived.promise;
    const stopped = stop();
    await refused(port);
    gate.resolve();
    await client.until(/0\r\n\r\n$/);
    expect((await stopped).result.errors).toEqual([]);
  });

  it.each(['request', 'stream'] as const)('N16: an event stream over HTTP/2 is ended (event %s)', async (event) => {
    const server = http2.createServer();
    if (event === 'stream') {
      server.on('stream', (stream) => {
        stream.respond({ ':status': 200, ...begin });
        stream.write('data: one\n\n');
      });
    } else server.on('request', (_request, response) => response.writeHead(200, begin).write('data: one\n\n'));
    const { port, stop } = await serving(server);
    const session = await sessionOn(port);
    const stream = session.request({ ':path': '/' });
    await new Promise((resolve) => stream.once('data', resolve));
    const ended = new Promise((resolve) => stream.once('end', () => resolve(stream.rstCode)));
    stream.resume();
    const { result } = await stop();
    expect([await ended, result.errors]).toEqual([0, []]);
  });
});
