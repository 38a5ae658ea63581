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

  it('POST /entries answers 201 with the entry and its id', async () => {
    const reply = await post(url, 'ü€🙂 "quoted"');
    const { id } = JSON.parse(reply.body) as Entry;
    expect(reply.status).toBe(201);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.body)).toEqual({ id, text: 'ü€🙂 "quoted"' });
    expect(Number.isSafeInteger(id)).toBe(true);
  });

  describe('GET /entries with more than 1,050 entries', () => {
    let all: Entry[];

    beforeAll(async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 20 });
      await Promise.all(Array.from({ length: 1_051 }, (_, n) => post(url, `entry ${n}`, agent)));
      agent.destroy();
      all = await listAll(url);
      expect(all.length).toBeGreaterThan(1_050);
    });

    const list = async (query: string): Promise<Entry[]> =>
      JSON.parse((await send('GET', `${url}/entries${query}`)).body) as Entry[];

    it('without a query it lists the first 100 in the order of their ids', async () => {
      expect(await list('')).toEqual(all.slice(0, 100));
    });

    it.each([
      { limit: 1 },
      { limit: 99 },
      { limit: 100 },
      { limit: 101 },
      { limit: 200 },
      { limit: 999 },
      { limit: 1_000 },
    ])('with limit=$limit and after it lists $limit entries after that id', async ({ limit }) => {
      expect(await list(`?limit=${limit}&after=${all[9]!.id}`)).toEqual(all.slice(10, 10 + limit));
    });

    it('after and limit can have any order, and a listing ends at the last entry', async () => {
      expect(await list(`?after=${all[0]!.id}&limit=2`)).toEqual(all.slice(1, 3));
      expect(await list(`?after=${all.at(-3)!.id}&limit=1000`)).toEqual(all.slice(-2));
      expect(await list(`?after=${all.at(-1)!.id}`)).toEqual([]);
    });
  });

  it('a body of exactly 64 kB is accepted, and listed', async () => {
    const entry = 'x'.repeat(64 * 1024 - '{"text":""}'.length);
    const reply = await post(url, entry);
    expect(reply.status).toBe(201);
    const { id } = JSON.parse(reply.body) as Entry;
    expect(JSON.parse((await send('GET', `${url}/entries?after=${id - 1}&limit=1`)).body)).toEqual([
      { id, text: entry },
    ]);
  });

  it.each([
    {
      method: 'POST',
      path: '/entries',
      status: 413,
      options: { body: JSON.stringify({ text: 'x'.repeat(64 * 1024) }) },
    },
    { method: 'POST', path: '/entries', status: 413, options: { body: 'x'.repeat(900_000) } },
    { method: 'POST', path: '/entries', status: 400, options: {} },
    { method: 'POST', path: '/entries', status: 400, options: { body: 'text=hello' } },
    { method: 'POST', path: '/entries', status: 400, options: { body: '{"text":""}' } },
    { method: 'POST', path: '/entries', status: 400, options: { body: '{"text":42}' } },
    { method: 'POST', path: '/entries', status: 400, options: { body: '{"text":"x","id":1}' } },
    { method: 'POST', path: '/entries', status: 400, options: { body: String.raw`{"text":"\u0000"}` } },
    { method: 'POST', path: '/entries?force=1', status: 400, options: { body: '{"text":"x"}' } },
    { method: 'GET', path: '/entries?limit=0', status: 400, options: {} },
    { method: 'GET', path: '/entries?limit=1001', status: 400, options: {} },
    { method: 'GET', path: '/entries?after=-1', status: 400, options: {} },
    { method: 'GET', path: '/entries?after=x', status: 400, options: {} },
    { method: 'GET', path: '/entries?page=2', status: 400, options: {} },
    { method: 'PUT', path: '/entries', status: 405, options: { body: '{"text":"x"}' } },
    { method: 'DELETE', path: '/entries', status: 405, options: {} },
    { method: 'POST', path: '/feed', status: 405, options: { body: '{"text":"x"}' } },
    { method: 'GET', path: '/feed', status: 426, options: {} },
    { method: 'POST', path: '/readyz', status: 404, options: {} },
    { method: 'GET', path: '/', status: 404, options: {} },
    { method: 'GET', path: '/entries/1', status: 404, options: {} },
    { method: 'GET', path: '/entries/', status: 404, options: {} },
    { method: 'GET', path: '//entries', status: 404, options: {} },
    { method: 'GET', path: '/toString', status: 404, options: {} },
    { method: 'POST', path: '/__proto__', status: 404, options: { body: '{}' } },
  ])(
    '$method $path is answered with $status and an error message, and stores nothing',
    async ({ method, path, status, options }) => {
      const before = await listAll(url);
      const reply = await send(method, url + path, options);
      expect(reply.status).toBe(status);
      expect(reply.headers['content-type']).toBe('application/json');
      expect(JSON.parse(reply.body)).toEqual({ error: expect.stringMatching(/./) as unknown });
      expect(reply.headers.allow).toBe(status !== 405 ? undefined : path === '/entries' ? 'GET, POST' : 'GET');
      expect(await listAll(url)).toEqual(before);
    },
  );

  it('HEAD is refused with 405 and no body', async () => {
    expect(await send('HEAD', `${url}/entries`)).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
      body: '',
    });
  });

  it.each([
    { name: 'a message that is not HTTP', bytes: 'hello\r\n\r\n', start: 'HTTP/1.1 400 ' },
    {
      name: 'a request target that is not a path',
      bytes: 'GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      start: 'HTTP/1.1 404 ',
    },
    { name: 'a request without Host', bytes: 'GET /entries HTTP/1.1\r\n\r\n', start: 'HTTP/1.1 400 ' },
    {
      name: 'headers beyond 16 kB',
      bytes: `GET /entries HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      start: 'HTTP/1.1 431 ',
    },
    {
      name: 'a request with half a body',
      bytes: 'POST /entries HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"text":',
      start: undefined,
    },
  ])('$name gets a 4xx answer, and the ledger goes on', async ({ bytes, start }) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.end(bytes);
    const answer = await text(socket);
    expect(answer.startsWith(start ?? '')).toBe(true);
    expect((await send('GET', `${url}/livez`)).status).toBe(200);
  });

  it('the connection stays open after bad input', async () => {
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

  it('the ledger goes on when a client disconnects in the middle of a listing', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write('GET /entries?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.resetAndDestroy();
    expect((await post(url, 'afterwards')).status).toBe(201);
    expect(ledger.output()).not.toContain('Error');
  });
});
