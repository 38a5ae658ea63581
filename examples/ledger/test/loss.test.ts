import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { databaseFolder } from './database-folder.ts';
import { listAll } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';
import { CLIENTS, KEPT_LONG, postUntilTold } from './load.ts';
import type { EntryLoad } from './load.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';

jest.setTimeout(240_000);

const SIGTERM_LIVES = 4;
const SIGKILL_LIVES = 3;

interface Storage {
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

async function embedded(): Promise<Storage> {
  const folder = await databaseFolder('loss');
  return { environment: { DATA_DIR: folder }, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function server(bin: string): Promise<Storage> {
  const postgres = await startPostgres(bin);
  return { environment: { DATABASE_URL: await postgres.createDatabase('ledger') }, remove: () => postgres.stop() };
}

const bin = findPostgres();
const storages: [string, () => Promise<Storage>][] = [['embedded PostgreSQL', embedded]];
if (bin !== undefined) storages.push(['a PostgreSQL server', () => server(bin)]);

describe.each(storages)('with %s', (_name, makeStorage) => {
  let program: Program;
  let storage: Storage | undefined;
  /** All that were ever acknowledged, over all lives on the same data. */
  const acknowledged: Map<number, string> = new Map();

  beforeAll(async () => {
    program = await buildLedger();
    storage = await makeStorage();
  });

  afterAll(async () => {
    await program.remove();
    await storage?.remove();
  });

  /** Each life first proves that the lives before it lost nothing. */
  async function begin(): Promise<{ ledger: LedgerProcess; url: string }> {
    const ledger = program.start({ ...KEPT_LONG, ...storage!.environment });
    const url = await ledger.ready;
    const stored = await listAll(url);
    const ids = stored.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(new Set(stored.map(({ text }) => text)).size).toBe(stored.length);
    const texts = new Map(stored.map(({ id, text }) => [id, text]));
    expect([...acknowledged].filter(([id, text]) => texts.get(id) !== text)).toEqual([]);
    return { ledger, url };
  }

  /** Fifty clients post; `signal` comes in the middle of it, each life at another point. */
  async function live(
    signal: 'SIGTERM' | 'SIGKILL',
    life: number,
  ): Promise<{ ledger: LedgerProcess; seen: EntryLoad }> {
    const { ledger, url } = await begin();
    const seen = await postUntilTold(url, `${signal} ${life}`, CLIENTS + ((life * 37) % 200), () => {
      ledger.kill(signal);
    });
    for (const { id, text } of seen.acknowledged) {
      expect(acknowledged.has(id)).toBe(false);
      acknowledged.set(id, text);
    }
    return { ledger, seen };
  }

  it.each(Array.from({ length: SIGTERM_LIVES }, (_, n) => n + 1))(
    'N15: SIGTERM while 50 clients post, life %i: exit code 0, nothing acknowledged is lost, no request is broken',
    async (number) => {
      const { ledger, seen } = await live('SIGTERM', number);
      expect(await ledger.ended).toEqual({ code: 0, signal: null });
      expect(seen.broken).toEqual([]);
      expect(seen.gone).toBe(CLIENTS);
      const count = seen.acknowledged.length;
      expect(ledger.output()).toContain(`acknowledged ${count} entries, stored ${count} of them`);
    },
  );

  it.each(Array.from({ length: SIGKILL_LIVES }, (_, n) => n + 1))(
    'SIGKILL while 50 clients post, life %i: nothing acknowledged is lost',
    async (number) => {
      const { ledger } = await live('SIGKILL', number);
      expect(await ledger.ended).toEqual({ code: null, signal: 'SIGKILL' });
    },
  );

  it('after all of these lives every acknowledged entry is there', async () => {
    const { ledger } = await begin();
    expect(acknowledged.size).toBeGreaterThanOrEqual((SIGTERM_LIVES + SIGKILL_LIVES) * CLIENTS);
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  });
});
