import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listAll, post, send } from './http-client.ts';
import type { Reply } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';

jest.setTimeout(180_000);

describe('a ledger that is told to stop', () => {
  let program: Program;
  let folder: string;
  let ledger: LedgerProcess;
  let url: string;

  beforeAll(async () => {
    program = await buildLedger();
    folder = await mkdtemp(join(tmpdir(), 'ledger-shutdown-'));
  });

  beforeEach(async () => {
    ledger = program.start({ DATA_DIR: folder });
    url = await ledger.ready;
  });

  afterAll(async () => {
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return socket;
  };

  /** A POST whose body waits; `finish` sends the rest of it. The ledger has its headers when this resolves. */
  async function beginPost(entry: string): Promise<{ readonly reply: Promise<Reply>; finish(): void }> {
    const body = JSON.stringify({ text: entry });
    const headers = { 'Content-Length': Buffer.byteLength(body), Expect: '100-continue' };
    const outgoing = request(`${url}/entries`, { method: 'POST', headers });
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.write(body.slice(0, 5));
    const reply = once(outgoing, 'response').then(async ([response]: unknown[]) => {
      const { statusCode, headers: received } = response as IncomingMessage;
      return { status: statusCode!, headers: received, body: await text(response as IncomingMessage) };
    });
    return {
      reply,
      finish: () => {
        outgoing.end(body.slice(5));
      },
    };
  }

  /** Asks on one open connection until the answer is no longer 200: from then on the ledger is stopping. */
  async function untilNotReady(): Promise<Reply> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      const reply = await send('GET', `${url}/readyz`, { agent });
      if (reply.status !== 200) return reply;
    }
  }

  const stopped = async (): Promise<void> => {
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  };

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: it closes the database, prints its timeline and ends with 0',
    async (signal) => {
      await post(url, 'x');
      ledger.kill(signal);
      await stopped();
      const lines = ledger.output().split('\n');
      expect(lines.findIndex((line) => line.startsWith('acknowledged 1 entries, stored 1 of them'))).toBeGreaterThan(0);
      for (const event of ['startup', 'shutdown']) {
        const first = lines.findIndex((line) => line.startsWith(`${event} `));
        const names = lines.slice(first + 1, first + 9).map((line) => line.trim().split(' ')[0]);
        expect(names).toEqual(expect.arrayContaining(['before', 'during', 'http', 'after']));
        expect(names).toContain('database');
      }
      expect(lines.every((line) => line.length <= 80 || line.includes(folder))).toBe(true);
    },
  );

  it('readiness goes off at once, on an open connection, which is closed with the answer', async () => {
    const idle = await open(); // holds the shutdown for the grace of idle connections
    const notReady = untilNotReady();
    ledger.kill('SIGTERM');
    expect(await notReady).toMatchObject({
      status: 503,
      headers: { connection: 'close' },
      body: '{"error":"the ledger is stopping"}',
    });
    idle.destroy();
    await stopped();
  });

  it('a request that was under way is answered 201, and its entry is there after the next start', async () => {
    const { reply, finish } = await beginPost('under way');
    ledger.kill('SIGTERM');
    await untilNotReady();
    finish();
    const { status, headers, body } = await reply;
    expect({ status, connection: headers.connection }).toEqual({ status: 201, connection: 'close' });
    await stopped();
    ledger = program.start({ DATA_DIR: folder });
    expect(await listAll(await ledger.ready)).toContainEqual(JSON.parse(body));
    ledger.kill('SIGTERM');
    await stopped();
  });

  it('a new request is answered 503, its connection is closed, and nothing of it is stored', async () => {
    const under = await beginPost('holds the stop');
    ledger.kill('SIGTERM');
    await untilNotReady();
    const refused = await post(url, 'too late');
    expect({ status: refused.status, connection: refused.headers.connection }).toEqual({
      status: 503,
      connection: 'close',
    });
    expect(JSON.parse(refused.body)).toEqual({ error: 'the ledger is stopping; nothing was stored' });
    expect((await send('GET', `${url}/entries`)).status).toBe(503);
    expect((await send('GET', `${url}/livez`)).status).toBe(200);
    under.finish();
    expect((await under.reply).status).toBe(201);
    await stopped();
    ledger = program.start({ DATA_DIR: folder });
    const texts = (await listAll(await ledger.ready)).map((entry) => entry.text);
    expect(texts).toContain('holds the stop');
    expect(texts).not.toContain('too late');
    ledger.kill('SIGTERM');
    await stopped();
  });

  it('a request whose body never comes is answered 503 and does not hold the end', async () => {
    const { reply } = await beginPost('never finished');
    ledger.kill('SIGTERM');
    expect(await reply).toMatchObject({ status: 503, headers: { connection: 'close' } });
    await stopped();
  });

  it('connections that are idle, or were never used, do not hold the end', async () => {
    const agent = new Agent({ keepAlive: true });
    await Promise.all(Array.from({ length: 20 }, (_, n) => post(url, `idle ${n}`, agent)));
    const sockets = await Promise.all(Array.from({ length: 20 }, open));
    const closed = Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    ledger.kill('SIGTERM');
    await stopped();
    await closed;
  });

  it('a client that does not read its answer is cut off in the end', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    await Promise.all(Array.from({ length: 400 }, () => post(url, 'x'.repeat(65_000), agent)));
    agent.destroy();
    const socket = await open();
    socket.pause().write('GET /entries?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    ledger.kill('SIGTERM');
    await stopped();
    expect(ledger.output()).toContain('cut off: 1 requests, 1 connections');
    socket.destroy();
  });
});
