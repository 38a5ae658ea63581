import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Entry } from '../src/entry-store.ts';
import { databaseFolder } from './database-folder.ts';
import { listAll, post } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';
import { CLIENTS, LONG_IDLE_GRACE, postUntilStopped } from './load.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

jest.setTimeout(180_000);

/** A client of the feed, and the entries that it has received. */
class Listener {
  readonly socket: WebSocket;
  readonly entries: Entry[] = [];
  readonly closed: Promise<number>;

  private constructor(url: string) {
    this.socket = new WebSocket(`${url.replace('http:', 'ws:')}/feed`);
    this.socket.on('message', (data: Buffer) => this.entries.push(JSON.parse(data.toString()) as Entry));
    this.closed = once(this.socket, 'close').then(([code]: unknown[]) => code as number);
  }

  static async open(url: string): Promise<Listener> {
    const listener = new Listener(url);
    await once(listener.socket, 'open');
    return listener;
  }

  /** Resolves when the latest entry has this text. */
  async receives(text: string): Promise<void> {
    while (this.entries.at(-1)?.text !== text) await once(this.socket, 'message');
  }
}

const bin = findPostgres();

describe.each([{ kind: 'embedded PostgreSQL' }, ...(bin === undefined ? [] : [{ kind: 'a PostgreSQL server' }])])(
  'the feed, with $kind',
  ({ kind }) => {
    let program: Program;
    let folder: string;
    let postgres: PostgresServer | undefined;
    let database: Readonly<Record<string, string>>;
    let ledger: LedgerProcess;
    let url: string;

    beforeAll(async () => {
      program = await buildLedger();
      folder = await databaseFolder('feed');
      postgres = kind === 'embedded PostgreSQL' ? undefined : await startPostgres(bin!);
      database =
        postgres === undefined ? { DATA_DIR: folder } : { DATABASE_URL: await postgres.createDatabase('ledger') };
    });

    beforeEach(() => start());

    afterAll(async () => {
      await program.remove();
      await postgres?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
      ledger = program.start({ ...database, ...environment });
      url = await ledger.ready;
    }

    async function stop(): Promise<void> {
      ledger.kill('SIGTERM');
      expect(await ledger.ended).toEqual({ code: 0, signal: null });
    }

    it('each client gets every entry that is stored after it has connected, once, in the order of the ids', async () => {
      await post(url, 'before the first client');
      const first = await Listener.open(url);
      const listeners = [first];
      const joining: Promise<void>[] = [];
      const writers = Array.from({ length: CLIENTS }, async (_, writer) => {
        for (let n = 0; n < 10; n += 1) {
          expect((await post(url, `writer ${writer}, entry ${n}`)).status).toBe(201);
          if (writer === 0) joining.push(Listener.open(url).then((listener) => void listeners.push(listener)));
        }
      });
      await Promise.all(writers);
      await Promise.all(joining);
      await post(url, 'the last');
      await Promise.all(listeners.map((listener) => listener.receives('the last')));
      const all = await listAll(url);
      expect(listeners).toHaveLength(11);
      expect(first.entries).toEqual(all.slice(-10 * CLIENTS - 1));
      for (const { entries } of listeners) expect(entries).toEqual(all.slice(-entries.length));
      await stop();
    });

    it('N16: SIGTERM under load: each client gets the first of the stored entries without a gap, then close code 1001', async () => {
      await stop();
      await start(LONG_IDLE_GRACE);
      const lastId = (await listAll(url)).at(-1)?.id ?? 0;
      const listeners = await Promise.all(Array.from({ length: 10 }, () => Listener.open(url)));
      const seen = await postUntilStopped(url, 'with listeners', 3 * CLIENTS, () => {
        ledger.kill('SIGTERM');
      });
      expect(await Promise.all(listeners.map(({ closed }) => closed))).toEqual(listeners.map(() => 1001));
      expect(await ledger.ended).toEqual({ code: 0, signal: null });
      expect(seen.broken).toEqual([]);
      await start();
      const stored = (await listAll(url)).filter(({ id }) => id > lastId);
      for (const { entries } of listeners) {
        expect(entries.length).toBeGreaterThanOrEqual(CLIENTS);
        expect(entries).toEqual(stored.slice(0, entries.length));
      }
      await stop();
    });

    it('N16: during the lead time the clients are closed with 1001 one after the other, and the remaining ones get new entries', async () => {
      await stop();
      await start({ LEAD_TIME_MS: '5000' });
      const listeners = await Promise.all(Array.from({ length: 4 }, () => Listener.open(url)));
      ledger.kill('SIGTERM');
      expect(await Promise.race(listeners.map(({ closed }) => closed))).toBe(1001);
      expect((await post(url, 'after the first has gone')).status).toBe(201);
      expect(await Promise.all(listeners.map(({ closed }) => closed))).toEqual([1001, 1001, 1001, 1001]);
      const counts = listeners.map(({ entries }) => entries.length);
      expect(counts).toContain(0);
      expect(counts).toContain(1);
      expect(await ledger.ended).toEqual({ code: 0, signal: null });
    });

    if (kind !== 'embedded PostgreSQL') {
      it('with two ledgers on one server the feed has the entries of both, in the order of the ids', async () => {
        const other = program.start(database);
        const otherUrl = await other.ready;
        const listener = await Listener.open(url);
        for (const text of ['theirs', 'ours', 'theirs again', 'ours again']) {
          expect((await post(text.startsWith('ours') ? url : otherUrl, text)).status).toBe(201);
        }
        await listener.receives('ours again');
        expect(listener.entries).toEqual((await listAll(url)).slice(-4));
        other.kill('SIGTERM');
        expect(await other.ended).toEqual({ code: 0, signal: null });
        await stop();
      });
    }

    it('an upgrade at /, /entries, /feed/, /feeds or /readyz is answered with 404, and the ledger goes on', async () => {
      for (const path of ['/', '/entries', '/feed/', '/feeds', '/readyz']) {
        const socket = new WebSocket(`${url.replace('http:', 'ws:')}${path}`);
        const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
        expect({ path, status: response.statusCode }).toEqual({ path, status: 404 });
      }
      expect((await post(url, 'afterwards')).status).toBe(201);
      await stop();
    });

    it('an upgrade at /feed with a query is accepted', async () => {
      const socket = new WebSocket(`${url.replace('http:', 'ws:')}/feed?x=1`);
      await once(socket, 'open');
      socket.terminate();
      await stop();
    });

    it('a client that does not read is dropped with a line in the log, and the others get all entries', async () => {
      const slow = await Listener.open(url);
      const quick = await Listener.open(url);
      slow.socket.pause();
      const padding = 'x'.repeat(60_000);
      let posted = 0;
      for (; posted < 1_000 && !ledger.output().includes('the feed dropped'); posted += 1)
        await post(url, `${posted} ${padding}`);
      const [, behind] = await ledger.prints(/the feed dropped a client that was (\d+) bytes behind/);
      expect(Number(behind)).toBeLessThan(9 * 1024 * 1024);
      await quick.receives(`${posted - 1} ${padding}`);
      expect(quick.entries).toHaveLength(posted);
      slow.socket.resume();
      expect(await slow.closed).toBe(1006);
      await stop();
      expect(await quick.closed).toBe(1001);
    });

    it('a client that sends too much is closed, and the ledger goes on', async () => {
      const { socket, closed } = await Listener.open(url);
      socket.send('x'.repeat(2_000));
      expect(await closed).toBe(1009);
      expect((await post(url, 'afterwards')).status).toBe(201);
      await stop();
    });
  },
);
