/**
 * `npm run soak:ledger -- --minutes 10 --database pglite`: SIGTERM under load in a loop, on the same data, with PGlite or a PostgreSQL
 * server (`--database postgres`). Each life begins by looking for every entry that the lives before have acknowledged. Prints the counts;
 * ends with 1 when an entry is lost, a request is broken or an exit status isn't 0.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listAll } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import { CLIENTS, KEPT_LONG, postUntilTold } from './load.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';

/** A start lists all entries, so the data begins anew after as many. */
const MAX_ENTRIES = 100_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, database: { type: 'string', default: 'pglite' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError(`--minutes is ${values.minutes}: give a number above 0`);
if (values.database !== 'pglite' && values.database !== 'postgres')
  throw new RangeError(`--database is ${values.database}: give pglite or postgres`);

const folder = await mkdtemp(join(tmpdir(), 'ledger-soak-'));
const bin = values.database === 'postgres' ? findPostgres() : undefined;
if (values.database === 'postgres' && bin === undefined) throw new Error('there is no PostgreSQL server to start');
const postgres = bin === undefined ? undefined : await startPostgres(bin);
const program = await buildLedger();
const counts = { lives: 0, acknowledged: 0, refused: 0, broken: 0, lost: 0, failedLives: 0 };

/** Where the data of the `n`th round is. */
async function newData(n: number): Promise<Readonly<Record<string, string>>> {
  if (postgres === undefined) return { DATA_DIR: join(folder, String(n)) };
  return { DATABASE_URL: await postgres.createDatabase(`ledger${n}`) };
}

try {
  const end = Date.now() + minutes * 60_000;
  for (let round = 1; Date.now() < end; round += 1) {
    const data = await newData(round);
    const acknowledged: Map<number, string> = new Map();
    while (Date.now() < end && acknowledged.size < MAX_ENTRIES) await live(data, acknowledged);
    await lastLook(data, acknowledged);
  }
} finally {
  await program.remove();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(`${values.database}, ${minutes} minutes: ${JSON.stringify(counts)}`);
if (counts.broken + counts.lost + counts.failedLives > 0) process.exitCode = 1;

/** One life: fifty clients post, SIGTERM comes in the middle, each time at another point. */
async function live(data: Readonly<Record<string, string>>, acknowledged: Map<number, string>): Promise<void> {
  counts.lives += 1;
  const ledger = program.start({ ...KEPT_LONG, ...data });
  const url = await ledger.ready;
  await look(url, acknowledged);
  const seen = await postUntilTold(url, `life ${counts.lives}`, CLIENTS + ((counts.lives * 37) % 1_000), () => {
    ledger.kill('SIGTERM');
  });
  for (const { id, text } of seen.acknowledged) acknowledged.set(id, text);
  counts.acknowledged += seen.acknowledged.length;
  counts.broken += seen.broken.length;
  counts.refused += seen.refused;
  for (const error of seen.broken) console.error(`life ${counts.lives}: broken: ${error}`);
  const { code, signal } = await ledger.ended;
  if (code !== 0) {
    counts.failedLives += 1;
    console.error(`life ${counts.lives} ended with ${code ?? signal}:\n${ledger.output()}`);
  }
}

async function lastLook(data: Readonly<Record<string, string>>, acknowledged: Map<number, string>): Promise<void> {
  const ledger = program.start(data);
  await look(await ledger.ready, acknowledged);
  ledger.kill('SIGTERM');
  await ledger.ended;
}

async function look(url: string, acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const texts = new Map((await listAll(url)).map(({ id, text }) => [id, text]));
  for (const [id, text] of acknowledged) {
    if (texts.get(id) === text) continue;
    counts.lost += 1;
    console.error(`life ${counts.lives}: entry ${id} is lost: ${text}`);
  }
}
