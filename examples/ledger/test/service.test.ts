import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Entry } from '../src/entry-store.ts';
import { databaseFolder } from './database-folder.ts';
import { listAll, post, send } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';

jest.setTimeout(180_000);

describe('a running ledger', () => {
  let program: Program;
  let folder: string;
  let ledger: LedgerProcess;
  let url: string;

  beforeAll(async () => {
    program = await buildLedger();
    folder = await databaseFolder('service');
    ledger = program.start({ DATA_DIR: folder });
    url = await ledger.ready;
  });

  afterAll(async () => {
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('POST /entries answers 201 and the entry with its id', async () => {
    const reply = await post(url, 'ü€🙂 "quoted"');
    const { id } = JSON.parse(reply.body) as Entry;
    expect(reply.status).toBe(201);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.body)).toEqual({ id, text: 'ü€🙂 "quoted"' });
    expect(Number.isSafeInteger(id)).toBe(true);
  });

  it('GET /entries lists in order of id, 100 unless told otherwise, at most 1 000, after the id given', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    await Promise.all(Array.from({ length: 1_050 }, (_, n) => post(url, `entry ${n}`, agent)));
    agent.destroy();
    const all = await listAll(url);
    expect(all.length).toBeGreaterThan(1_050);
    const list = async (query: string): Promise<Entry[]> =>
      JSON.parse((await send('GET', `${url}/entries${query}`)).body) as Entry[];
    expect(await list('')).toEqual(all.slice(0, 100));
    for (const limit of [1, 99, 100, 101, 200, 999, 1_000]) {
      expect(await list(`?limit=${limit}&after=${all[9]!.id}`)).toEqual(all.slice(10, 10 + limit));
    }
    expect(await list(`?after=${all[0]!.id}&limit=2`)).toEqual(all.slice(1, 3));
    expect(await list(`?after=${all.at(-3)!.id}&limit=1000`)).toEqual(all.slice(-2));
    expect(await list(`?after=${all.at(-1)!.id}`)).toEqual([]);
  });

  it('a body of exactly 64 kB is taken, and listed again', async () => {
    const entry = 'x'.repeat(64 * 1024 - '{"text":""}'.length);
    const reply = await post(url, entry);
    expect(reply.status).toBe(201);
    const { id } = JSON.parse(reply.body) as Entry;
    expect(JSON.parse((await send('GET', `${url}/entries?after=${id - 1}&limit=1`)).body)).toEqual([
      { id, text: entry },
    ]);
  });

  it.each([
    ['POST', '/entries', 413, { body: JSON.stringify({ text: 'x'.repeat(64 * 1024) }) }],
    ['POST', '/entries', 413, { body: 'x'.repeat(900_000) }],
    ['POST', '/entries', 400, {}],
    ['POST', '/entries', 400, { body: 'text=hello' }],
    ['POST', '/entries', 400, { body: '{"text":""}' }],
    ['POST', '/entries', 400, { body: '{"text":42}' }],
    ['POST', '/entries', 400, { body: '{"text":"x","id":1}' }],
    ['POST', '/entries', 400, { body: String.raw`{"text":"\u0000"}` }],
    ['POST', '/entries?force=1', 400, { body: '{"text":"x"}' }],
    ['GET', '/entries?limit=0', 400, {}],
    ['GET', '/entries?limit=1001', 400, {}],
    ['GET', '/entries?after=-1', 400, {}],
    ['GET', '/entries?after=x', 400, {}],
    ['GET', '/entries?page=2', 400, {}],
    ['PUT', '/entries', 405, { body: '{"text":"x"}' }],
    ['DELETE', '/entries', 405, {}],
    ['POST', '/feed', 405, { body: '{"text":"x"}' }],
    ['GET', '/feed', 426, {}],
    ['POST', '/readyz', 404, {}],
    ['GET', '/', 404, {}],
    ['GET', '/entries/1', 404, {}],
    ['GET', '/entries/', 404, {}],
    ['GET', '//entries', 404, {}],
    ['GET', '/toString', 404, {}],
    ['POST', '/__proto__', 404, { body: '{}' }],
  ])('%s %s is answered with %i, says why, and stores nothing', async (method, path, status, options) => {
    const before = await listAll(url);
    const reply = await send(method, url + path, options);
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.body)).toEqual({ error: expect.stringMatching(/./) as unknown });
    expect(reply.headers.allow).toBe(status !== 405 ? undefined : path === '/entries' ? 'GET, POST' : 'GET');
    expect(await listAll(url)).toEqual(before);
  });

  it('HEAD is refused with 405, and no body', async () => {
    expect(await send('HEAD', `${url}/entries`)).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
      body: '',
    });
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 'HTTP/1.1 400 '],
    ['a request target that is no path', 'GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'HTTP/1.1 404 '],
    ['no Host', 'GET /entries HTTP/1.1\r\n\r\n', 'HTTP/1.1 400 '],
    ['headers beyond 16 kB', `GET /entries HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431 '],
    ['half a body', 'POST /entries HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"text":', undefined],
  ])('%s gets a 4xx, and the ledger lives on', async (_name, bytes, start) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.end(bytes);
    const answer = await text(socket);
    expect(answer.startsWith(start ?? '')).toBe(true);
    expect((await send('GET', `${url}/livez`)).status).toBe(200);
  });

  it('bad input does not cost the connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let connections = 0;
    const original = agent.createConnection.bind(agent);
    agent.createConnection = (...args: Parameters<typeof original>) => {
      connections += 1;
      return original(...args);
    };
    expect((await send('POST', `${url}/entries`, { agent, body: 'no json' })).status).toBe(400);
    expect((await send('GET', `${url}/entries?limit=0`, { agent })).status).toBe(400);
    expect((await send('GET', `${url}/nowhere`, { agent })).status).toBe(404);
    expect((await post(url, 'on the same connection', agent)).status).toBe(201);
    expect(connections).toBe(1);
    agent.destroy();
  });

  it('N12: livez and readyz answer 200', async () => {
    expect(await send('GET', `${url}/livez`)).toMatchObject({ status: 200, body: 'live\n' });
    expect(await send('GET', `${url}/readyz`)).toMatchObject({ status: 200, body: 'ready\n' });
  });

  it('a client that leaves in the middle of a listing leaves the ledger alone', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write('GET /entries?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.resetAndDestroy();
    expect((await post(url, 'afterwards')).status).toBe(201);
    expect(ledger.output()).not.toContain('Error');
  });
});
