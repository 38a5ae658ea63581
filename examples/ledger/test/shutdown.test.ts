import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Entry } from '../src/entry-store.ts';
import { databaseFolder } from './database-folder.ts';
import { listAll, post, send } from './http-client.ts';
import type { Reply } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';

jest.setTimeout(180_000);

describe('a ledger that is stopped', () => {
  let program: Program;
  let folder: string;
  let ledger: LedgerProcess;
  let url: string;

  beforeAll(async () => {
    program = await buildLedger();
    folder = await databaseFolder('shutdown');
  });

  beforeEach(() => start());

  afterAll(async () => {
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    ledger = program.start({ DATA_DIR: folder, ...environment });
    url = await ledger.ready;
  }

  /** Ends the ledger that `beforeEach` has started, and starts another one on the same data. */
  async function restart(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    ledger.kill('SIGTERM');
    await expectStatus0();
    await start(environment);
  }

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return socket;
  };

  /** Starts a POST. Resolves when the ledger has its headers and the beginning of its body; `finish` sends the rest. */
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

  /** Sends `GET /readyz` on one open connection until the answer is not 200, since the ledger is stopping. Resolves with that answer. */
  async function readyzUntil503(): Promise<Reply> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      const reply = await send('GET', `${url}/readyz`, { agent });
      if (reply.status !== 200) return reply;
    }
  }

  /** Sends probes, each on a new connection, until a connection is refused, since the port is closed. */
  async function untilRefused(): Promise<void> {
    for (;;) {
      try {
        await send('GET', `${url}/livez`);
      } catch (error) {
        // Any other error would be a broken request.
        expect((error as NodeJS.ErrnoException).code).toBe('ECONNREFUSED');
        return;
      }
    }
  }

  const expectStatus0 = async (): Promise<void> => {
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  };

  /** Starts another ledger on the same data, and resolves with all of its entries. */
  async function listedAfterwards(): Promise<Entry[]> {
    await start();
    const entries = await listAll(url);
    ledger.kill('SIGTERM');
    await expectStatus0();
    return entries;
  }

  /** Posts on the one connection of `agent` until an answer closes it. Resolves with all replies. */
  async function postUntilClosed(agent: Agent, entry: string): Promise<Reply[]> {
    const replies: Reply[] = [];
    for (;;) {
      const reply = await post(url, `${entry} ${replies.length}`, agent);
      replies.push(reply);
      if (reply.headers.connection === 'close') return replies;
    }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s closes the database, prints the timeline and ends with 0',
    async (signal) => {
      await post(url, 'x');
      ledger.kill(signal);
      await expectStatus0();
      const lines = ledger.output().split('\n');
      expect(lines.findIndex((line) => line.startsWith('acknowledged 1 entries, stored 1 of them'))).toBeGreaterThan(0);
      for (const event of ['startup', 'shutdown']) {
        const first = lines.findIndex((line) => line.startsWith(`${event} `));
        const names = lines.slice(first + 1, first + 13).map((line) => line.trim().split(' ')[0]);
        expect(names).toEqual(expect.arrayContaining(['before', 'during', 'http', 'after']));
        expect(names).toContain('database');
      }
      // All lines fit into 80 columns, except those with the path of the folder and those about a slow start.
      expect(
        lines.filter((line) => line.length > 80 && !line.includes(folder) && !line.startsWith('still starting')),
      ).toEqual([]);
    },
  );

  it('N12: /readyz answers 503 at once on an open connection', async () => {
    const pendingPost = await beginPost('holds the stop');
    const notReady = readyzUntil503();
    ledger.kill('SIGTERM');
    expect(await notReady).toMatchObject({ status: 503, body: 'stopping\n' });
    pendingPost.finish();
    expect((await pendingPost.reply).status).toBe(201);
    await expectStatus0();
  });

  it('N13: during the lead time /readyz answers 503, and entries are stored and listed, also on new connections', async () => {
    await restart({ LEAD_TIME_MS: '5000' });
    ledger.kill('SIGTERM');
    expect(await readyzUntil503()).toMatchObject({ status: 503, headers: { connection: 'keep-alive' } });
    const reply = await post(url, 'in the lead time');
    expect(reply.status).toBe(201);
    expect(await listAll(url)).toContainEqual(JSON.parse(reply.body));
    expect((await send('GET', `${url}/livez`)).status).toBe(200);
    expect(ledger.output()).toContain('stopping: SIGTERM');
    await expectStatus0();
    expect(await listedAfterwards()).toContainEqual(JSON.parse(reply.body));
  });

  it('N12: a client with a new connection for each probe gets no error except a refused connection', async () => {
    const pendingPost = await beginPost('holds the stop');
    const clients = Array.from({ length: 20 }, untilRefused);
    ledger.kill('SIGTERM');
    await Promise.all(clients);
    pendingPost.finish();
    expect((await pendingPost.reply).status).toBe(201);
    await expectStatus0();
  });

  it('N15: a request that has begun before the stop is answered with 201, and the next ledger lists its entry', async () => {
    const { reply, finish } = await beginPost('under way');
    ledger.kill('SIGTERM');
    await untilRefused();
    finish();
    const { status, headers, body } = await reply;
    expect({ status, connection: headers.connection }).toEqual({ status: 201, connection: 'close' });
    await expectStatus0();
    expect(await listedAfterwards()).toContainEqual(JSON.parse(body));
  });

  it('N13: after the port has closed, requests on open connections are answered as before, and the last answer closes its connection', async () => {
    const pendingPost = await beginPost('holds the stop');
    const agents = Array.from({ length: 10 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    await Promise.all(agents.map((agent) => post(url, 'before the stop', agent)));
    ledger.kill('SIGTERM');
    const replies = (await Promise.all(agents.map((agent, n) => postUntilClosed(agent, `agent ${n}`)))).flat();
    expect(replies.filter(({ status }) => status !== 201)).toEqual([]);
    await expect(post(url, 'too late')).rejects.toThrow('ECONNREFUSED');
    pendingPost.finish();
    expect((await pendingPost.reply).status).toBe(201);
    await expectStatus0();
    const listed = await listedAfterwards();
    expect(listed).toEqual(expect.arrayContaining(replies.map(({ body }) => JSON.parse(body) as unknown)));
    expect(listed.map(({ text }) => text)).not.toContain('too late');
  });

  it('a request whose body never ends is answered with 408, and nothing of it is stored', async () => {
    const { reply } = await beginPost('never finished');
    ledger.kill('SIGTERM');
    expect(await reply).toMatchObject({ status: 408, headers: { connection: 'close' } });
    await expectStatus0();
    expect((await listedAfterwards()).map(({ text }) => text)).not.toContain('never finished');
  });

  it('N14: connections that are idle or were never used do not delay the end', async () => {
    const agent = new Agent({ keepAlive: true });
    await Promise.all(Array.from({ length: 20 }, (_, n) => post(url, `idle ${n}`, agent)));
    const sockets = await Promise.all(Array.from({ length: 20 }, open));
    const closed = Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    ledger.kill('SIGTERM');
    await expectStatus0();
    await closed;
  });

  it('N17: a client that does not read its answer is cut and named in the log, and the status is 1', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    await Promise.all(Array.from({ length: 400 }, () => post(url, 'x'.repeat(65_000), agent)));
    agent.destroy();
    const socket = await open();
    socket.pause().write('GET /entries?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 1, signal: null });
    expect(ledger.output()).toContain('Service "http" cut 1 request after drainTimeout: GET /entries?limit=1000 (');
    expect(ledger.output()).toContain('acknowledged 400 entries, stored 400 of them\n');
    socket.destroy();
  });
});
