import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { databaseFolder } from './database-folder.ts';
import { listAll } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import type { LedgerProcess, Program } from './ledger-process.ts';
import { CLIENTS, LONG_IDLE_GRACE, postUntilStopped } from './load.ts';
import type { EntryLoad } from './load.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';

jest.setTimeout(240_000);

const SIGTERM_RUNS = 4;
const SIGKILL_RUNS = 3;

const runs = (count: number): { run: number }[] => Array.from({ length: count }, (_, n) => ({ run: n + 1 }));

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
const storages: { readonly kind: string; makeStorage(): Promise<Storage> }[] = [
  { kind: 'embedded PostgreSQL', makeStorage: embedded },
];
if (bin !== undefined) storages.push({ kind: 'a PostgreSQL server', makeStorage: () => server(bin) });

describe.each(storages)('with $kind', ({ makeStorage }) => {
  let program: Program;
  let storage: Storage | undefined;
  /** The entries that any of the ledgers has acknowledged. All run on the same data. */
  const acknowledged: Map<number, string> = new Map();

  beforeAll(async () => {
    program = await buildLedger();
    storage = await makeStorage();
  });

  afterAll(async () => {
    await program.remove();
    await storage?.remove();
  });

  /** Starts a ledger. It first checks that every entry acknowledged so far is stored, and no entry twice. */
  async function start(): Promise<{ ledger: LedgerProcess; url: string }> {
    const ledger = program.start({ ...LONG_IDLE_GRACE, ...storage!.environment });
    const url = await ledger.ready;
    const stored = await listAll(url);
    const ids = stored.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(new Set(stored.map(({ text }) => text)).size).toBe(stored.length);
    const texts = new Map(stored.map(({ id, text }) => [id, text]));
    expect([...acknowledged].filter(([id, text]) => texts.get(id) !== text)).toEqual([]);
    return { ledger, url };
  }

  /** Starts a ledger to which fifty clients post, and sends the signal in the middle, after a number of entries that differs in each run. */
  async function runUnderLoad(
    signal: 'SIGTERM' | 'SIGKILL',
    run: number,
  ): Promise<{ ledger: LedgerProcess; seen: EntryLoad }> {
    const { ledger, url } = await start();
    const seen = await postUntilStopped(url, `${signal} ${run}`, CLIENTS + ((run * 37) % 200), () => {
      ledger.kill(signal);
    });
    for (const { id, text } of seen.acknowledged) {
      expect(acknowledged.has(id)).toBe(false);
      acknowledged.set(id, text);
    }
    return { ledger, seen };
  }

  it.each(runs(SIGTERM_RUNS))(
    'N15: SIGTERM while 50 clients post, run $run: the exit status is 0, no acknowledged entry is lost, no request is broken',
    async ({ run }) => {
      const { ledger, seen } = await runUnderLoad('SIGTERM', run);
      expect(await ledger.ended).toEqual({ code: 0, signal: null });
      expect(seen.broken).toEqual([]);
      expect(seen.clientsLeft).toBe(CLIENTS);
      const count = seen.acknowledged.length;
      expect(ledger.output()).toContain(`acknowledged ${count} entries, stored ${count} of them`);
    },
  );

  it.each(runs(SIGKILL_RUNS))(
    'SIGKILL while 50 clients post, run $run: no acknowledged entry is lost',
    async ({ run }) => {
      const { ledger } = await runUnderLoad('SIGKILL', run);
      expect(await ledger.ended).toEqual({ code: null, signal: 'SIGKILL' });
    },
  );

  it('after all of these runs every acknowledged entry is stored', async () => {
    const { ledger } = await start();
    expect(acknowledged.size).toBeGreaterThanOrEqual((SIGTERM_RUNS + SIGKILL_RUNS) * CLIENTS);
    ledger.kill('SIGTERM');
    expect(await ledger.ended).toEqual({ code: 0, signal: null });
  });
});
