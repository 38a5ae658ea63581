import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '../src/database.ts';
import { EntryStore } from '../src/entry-store.ts';
import type { Entry } from '../src/entry-store.ts';
import { migrate } from '../src/migrations.ts';
import { bin, embeddedPlace, places, serverPlace } from './database-places.ts';
import type { Place } from './database-places.ts';
import { describeWithPostgres } from './ledger-on-postgres.ts';
import { startPostgres } from './postgres-server.ts';

jest.setTimeout(180_000);

describe.each(places)('the entry store in $kind', ({ makePlace }) => {
  let place: Place;
  let database: Database;
  let store: EntryStore;

  beforeAll(async () => {
    place = await makePlace();
    database = await place.open('ledger');
    await migrate(database);
    store = new EntryStore(database);
  });

  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  const listFrom = async (after: number): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for (let page = await store.page(after, 100); page.length > 0;) {
      entries.push(...page);
      page = await store.page(page.at(-1)!.id, 100);
    }
    return entries;
  };
  const lastId = async (): Promise<number> => (await listFrom(0)).at(-1)?.id ?? 0;

  it('an entry is stored unchanged, and its id is greater than all ids before it', async () => {
    const before = await lastId();
    const texts = ['plain', 'ü€🙂', 'a\nb\tc', `'; DROP TABLE entries; --`, 'x'.repeat(65_000)];
    const appended: Entry[] = [];
    for (const text of texts) appended.push(await store.append(text));
    expect(appended.map((entry) => entry.text)).toEqual(texts);
    expect(appended.every(({ id }, n) => Number.isSafeInteger(id) && id > (appended[n - 1]?.id ?? before))).toBe(true);
    expect(await listFrom(before)).toEqual(appended);
  });

  it('a page has at most `limit` entries, and after the last entry it is empty', async () => {
    const start = await lastId();
    for (let n = 0; n < 5; n += 1) await store.append(`entry ${n}`);
    expect(await store.page(start, 3)).toHaveLength(3);
    expect(await store.page(await lastId(), 3)).toEqual([]);
    expect(await store.page(Number.MAX_SAFE_INTEGER, 3)).toEqual([]);
  });

  it('a reader that asks for the entries after its last id misses no entry of fifty writers', async () => {
    const start = await lastId();
    const seen: Entry[] = [];
    let isWriting = true;
    const read = async (): Promise<void> => {
      for (let done = false; !done;) {
        done = !isWriting; // one more round after the last write
        seen.push(...(await listFrom(seen.at(-1)?.id ?? start)));
      }
    };
    const write = async (writer: number): Promise<Entry[]> => {
      const entries: Entry[] = [];
      for (let n = 0; n < 20; n += 1) entries.push(await store.append(`writer ${writer}, entry ${n}`));
      return entries;
    };
    const reading = read();
    const written = (await Promise.all(Array.from({ length: 50 }, (_, writer) => write(writer)))).flat();
    isWriting = false;
    await reading;
    expect(seen).toEqual(written.sort((a, b) => a.id - b.id));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1_000);
  });

  it('count returns the number of stored ids in a range', async () => {
    const { id } = await store.append('counted');
    expect(await store.count({ first: id, last: id })).toBe(1);
    expect(await store.count({ first: id + 1, last: id + 1_000 })).toBe(0);
  });

  it('lastId returns the newest id, or 0 if there are no entries', async () => {
    const empty = await place.open('empty');
    try {
      await migrate(empty);
      expect(await new EntryStore(empty).lastId()).toBe(0);
    } finally {
      await empty.close();
    }
    const { id } = await store.append('the newest');
    expect(await store.lastId()).toBe(id);
  });

  it('N17: an append whose signal aborts before its statement begins rejects with the reason and stores nothing', async () => {
    const start = await lastId();
    const controller = new AbortController();
    const reason = new Error('cut');
    const appends = Array.from({ length: 50 }, (_, n) => store.append(`entry ${n}`, controller.signal));
    const settled = Promise.allSettled(appends);
    await appends[0];
    controller.abort(reason);
    const results = await settled;
    const stored = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(reasons.length).toBeGreaterThan(0);
    expect(new Set(reasons)).toEqual(new Set([reason]));
    expect(await listFrom(start)).toEqual(stored.sort((a, b) => a.id - b.id));
    await expect(store.append('too late', controller.signal)).rejects.toBe(reason);
    expect(await listFrom(start)).toHaveLength(stored.length);
  });

  it('a failing statement rejects and leaves the database usable', async () => {
    await expect(database.query('SELECT nothing FROM nowhere', [])).rejects.toThrow('nowhere');
    expect(await store.append('after the failure')).toMatchObject({ text: 'after the failure' });
  });

  it('the statements of one exec are one transaction', async () => {
    await expect(database.exec('CREATE TABLE half (n int); SELECT 1 / 0')).rejects.toThrow('division by zero');
    await expect(database.query('SELECT * FROM half', [])).rejects.toThrow('half');
  });

  it('a second migration changes nothing, and a database that is newer than the program is refused', async () => {
    const entries = await listFrom(0);
    await migrate(database);
    expect(await listFrom(0)).toEqual(entries);
    await database.exec('INSERT INTO ledger_migrations (version) VALUES (1000)');
    await expect(migrate(database)).rejects.toThrow('newer than this program');
    await database.exec('DELETE FROM ledger_migrations WHERE version = 1000');
  });

  it('the entries are there when the database is opened again', async () => {
    const entries = await listFrom(0);
    await database.close();
    database = await place.open('ledger');
    store = new EntryStore(database);
    expect(await listFrom(0)).toEqual(entries);
  });
});

describeWithPostgres('several ledgers on one PostgreSQL server', () => {
  it('that start at the same time migrate the database once', async () => {
    const place = await serverPlace(await startPostgres(bin!));
    const first = await place.open('shared');
    const databases = [first, ...(await Promise.all(Array.from({ length: 5 }, () => place.open('shared'))))];
    try {
      await Promise.all(databases.map((database) => migrate(database)));
      const versions = await first.query('SELECT version FROM ledger_migrations ORDER BY version', []);
      expect(versions).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
      await place.remove();
    }
  });
});

describe('the embedded database', () => {
  it('lets the event loop run between the statements of many callers', async () => {
    const place = await embeddedPlace();
    const database = await place.open('ledger');
    try {
      let macrotasks = 0;
      let isCounting = true;
      const count = (): void => {
        macrotasks += 1;
        if (isCounting) setImmediate(count);
      };
      setImmediate(count);
      await Promise.all(Array.from({ length: 50 }, () => database.query('SELECT 1', [])));
      isCounting = false;
      expect(macrotasks).toBeGreaterThanOrEqual(49);
    } finally {
      await database.close();
      await place.remove();
    }
  });
});
