/**
 * `npm run soak:ledger -- --minutes 10 --database pglite`: SIGTERM under load in a loop, on the same data, with PGlite or a PostgreSQL
 * server (`--database postgres`). Each run first looks for every entry that the earlier runs have acknowledged. Prints the counts. Ends with 1 if
 * an entry is lost, a request is broken or an exit status isn't 0.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listAll } from './http-client.ts';
import { buildLedger } from './ledger-process.ts';
import { CLIENTS, LONG_IDLE_GRACE, postUntilStopped } from './load.ts';
import { findPostgres, startPostgres } from './postgres-server.ts';

/** The database is replaced when it has this number of entries, since each start lists all of them. */
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
if (values.database === 'postgres' && bin === undefined)
  throw new Error('PostgreSQL is not installed: npm run setup installs it');
const postgres = bin === undefined ? undefined : await startPostgres(bin);
const program = await buildLedger();
const counts = { runs: 0, acknowledged: 0, refused: 0, broken: 0, lost: 0, failedRuns: 0 };

/** A new database, as settings of a ledger. */
async function newData(n: number): Promise<Readonly<Record<string, string>>> {
  if (postgres === undefined) return { DATA_DIR: join(folder, String(n)) };
  return { DATABASE_URL: await postgres.createDatabase(`ledger${n}`) };
}

try {
  const end = Date.now() + minutes * 60_000;
  for (let round = 1; Date.now() < end; round += 1) {
    const data = await newData(round);
    const acknowledged: Map<number, string> = new Map();
    while (Date.now() < end && acknowledged.size < MAX_ENTRIES) await runUnderLoad(data, acknowledged);
    await checkAtEnd(data, acknowledged);
  }
} finally {
  await program.remove();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(`${values.database}, ${minutes} minutes: ${JSON.stringify(counts)}`);
if (counts.broken + counts.lost + counts.failedRuns > 0) process.exitCode = 1;

/** Starts a ledger to which fifty clients post, and sends SIGTERM in the middle, after a number of entries that differs in each run. */
async function runUnderLoad(data: Readonly<Record<string, string>>, acknowledged: Map<number, string>): Promise<void> {
  counts.runs += 1;
  const ledger = program.start({ ...LONG_IDLE_GRACE, ...data });
  const url = await ledger.ready;
  await expectStored(url, acknowledged);
  const seen = await postUntilStopped(url, `run ${counts.runs}`, CLIENTS + ((counts.runs * 37) % 1_000), () => {
    ledger.kill('SIGTERM');
  });
  for (const { id, text } of seen.acknowledged) acknowledged.set(id, text);
  counts.acknowledged += seen.acknowledged.length;
  counts.broken += seen.broken.length;
  counts.refused += seen.refused;
  for (const error of seen.broken) console.error(`run ${counts.runs}: broken: ${error}`);
  const { code, signal } = await ledger.ended;
  if (code !== 0) {
    counts.failedRuns += 1;
    console.error(`run ${counts.runs} ended with ${code ?? signal}:\n${ledger.output()}`);
  }
}

async function checkAtEnd(data: Readonly<Record<string, string>>, acknowledged: Map<number, string>): Promise<void> {
  const ledger = program.start(data);
  await expectStored(await ledger.ready, acknowledged);
  ledger.kill('SIGTERM');
  await ledger.ended;
}

async function expectStored(url: string, acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const texts = new Map((await listAll(url)).map(({ id, text }) => [id, text]));
  for (const [id, text] of acknowledged) {
    if (texts.get(id) === text) continue;
    counts.lost += 1;
    console.error(`run ${counts.runs}: entry ${id} is lost: ${text}`);
  }
}
