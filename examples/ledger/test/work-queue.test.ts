import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '../src/database.ts';
import { EntryStore } from '../src/entry-store.ts';
import { migrate } from '../src/migrations.ts';
import { WorkQueue } from '../src/work-queue.ts';
import { places } from './database-places.ts';
import type { Place } from './database-places.ts';

jest.setTimeout(180_000);

describe.each(places)('the work queue in $kind', ({ makePlace }) => {
  let place: Place;
  let database: Database;
  let store: EntryStore;

  beforeAll(async () => {
    place = await makePlace();
    database = await place.open('queue');
    await migrate(database);
    store = new EntryStore(database);
  });

  beforeEach(() => database.exec('DELETE FROM entries'));

  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  /** Makes a queue. Each queue stands for another ledger, which claims jobs of its own. */
  const makeQueue = (): WorkQueue => new WorkQueue({ name: 'database', value: database });

  async function append(count: number): Promise<number[]> {
    const ids: number[] = [];
    for (let n = 0; n < count; n += 1) ids.push((await store.append(`entry ${n}`)).id);
    return ids;
  }

  const receipts = async (): Promise<unknown[]> =>
    (await database.query('SELECT entry, digest FROM receipts ORDER BY entry', [])).map((row) => [
      Number(row['entry']),
      row['digest'],
    ]);

  const ageClaimsByHalfAMinute = (): Promise<void> =>
    database.exec(`UPDATE work SET claimed_at = claimed_at - interval '30 seconds'`);

  it('each entry has one job, which is claimed once, the oldest first', async () => {
    const ids = await append(5);
    const queue = makeQueue();
    const first = ids.slice(0, 3).map((id, n) => ({ id, text: `entry ${n}` }));
    expect(new Set(await queue.claim(3))).toEqual(new Set(first));
    expect(new Set((await makeQueue().claim(10)).map(({ id }) => id))).toEqual(new Set(ids.slice(3)));
    expect(await queue.claim(10)).toEqual([]);
  });

  it('eight queues that claim at the same time get different jobs', async () => {
    const ids = await append(40);
    const queues = Array.from({ length: 8 }, makeQueue);
    const jobs = (await Promise.all(queues.map((queue) => queue.claim(5)))).flat();
    expect(jobs.map(({ id }) => id).sort((a, b) => a - b)).toEqual(ids);
  });

  it('a finished job has one receipt, and is never claimed again', async () => {
    const [id] = await append(1);
    const queue = makeQueue();
    const [job] = await queue.claim(1);
    await queue.finish(job!, 'digest');
    await queue.finish(job!, 'again');
    expect(await receipts()).toEqual([[id, 'digest']]);
    expect(await makeQueue().claim(1)).toEqual([]);
  });

  it('a job that is given back can be claimed by another queue, and then only that queue can finish it', async () => {
    const [id] = await append(1);
    const [one, other] = [makeQueue(), makeQueue()];
    const [job] = await one.claim(1);
    await other.giveBack(job!); // has no effect: `one` has the claim
    expect(await other.claim(1)).toEqual([]);
    await one.giveBack(job!);
    expect(await other.claim(1)).toEqual([job]);
    await one.finish(job!, 'too late');
    await one.giveBack(job!);
    expect(await receipts()).toEqual([]);
    await other.finish(job!, 'digest');
    expect(await receipts()).toEqual([[id, 'digest']]);
  });

  it('a sweep gives back the jobs that were claimed half a minute ago, and no others', async () => {
    const [id] = await append(2);
    const [ended, running] = [makeQueue(), makeQueue()];
    await ended.claim(1);
    await ageClaimsByHalfAMinute();
    await running.claim(1);
    expect(await running.sweep()).toBe(1);
    expect(await running.sweep()).toBe(0);
    expect((await running.claim(2)).map((job) => job.id)).toEqual([id]);
  });

  it('N17: a job whose signal aborts before its statement begins is not finished', async () => {
    await append(1);
    const queue = makeQueue();
    const [job] = await queue.claim(1);
    const reason = new Error('cut');
    await expect(queue.finish(job!, 'digest', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await receipts()).toEqual([]);
  });

  it('an entry whose statement fails has no job', async () => {
    await expect(store.append('')).rejects.toThrow('entries_text_check');
    expect(await makeQueue().claim(1)).toEqual([]);
  });

  it('the migration adds jobs for the entries of an older version', async () => {
    const ids = await append(2);
    await database.exec('DROP TABLE work, receipts; DELETE FROM ledger_migrations WHERE version = 3');
    await migrate(database);
    expect(new Set((await makeQueue().claim(10)).map(({ id }) => id))).toEqual(new Set(ids));
  });
});
