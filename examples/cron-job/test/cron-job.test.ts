// The tests run in virtual time: three days pass at once.
import { sleep } from '@triphase/core';
import { expect, test } from '@jest/globals';
import { ManualReactor } from '@triphase/testing';
import { cronJob } from '../src/cron-job.ts';

const wallStart = Date.parse('2030-03-30T00:00:00Z');
const HOUR = 3_600_000;
const timeOf = (clock: ManualReactor): string => new Date(clock.wallNow()).toISOString();

test('C55: the job runs at 03:00 in Berlin on each day, also when summer time begins', async () => {
  const app = new ManualReactor({ wallStart });
  const runs: string[] = [];
  app.use(cronJob('report', '0 3 * * *', () => runs.push(timeOf(app)), { timezone: 'Europe/Berlin' }));
  await app.start();
  await app.advanceAsync(72 * HOUR);
  expect(runs).toEqual(['2030-03-30T02:00:00.000Z', '2030-03-31T01:00:00.000Z', '2030-04-01T01:00:00.000Z']);
  (await app.finish()).throwIfFailed();
});

test('C58: a time that comes during a run is skipped', async () => {
  const app = new ManualReactor({ wallStart });
  const runs: string[] = [];
  const slow = async (): Promise<void> => {
    runs.push(timeOf(app));
    await sleep(app, 2.5 * HOUR);
  };
  app.use(cronJob('report', '0 * * * *', slow, { timezone: 'UTC' }));
  await app.start();
  await app.advanceAsync(8 * HOUR);
  expect(runs).toEqual(['2030-03-30T01:00:00.000Z', '2030-03-30T04:00:00.000Z', '2030-03-30T07:00:00.000Z']);
  await app.finish();
});

test('C58: a stop waits for the current run, and not for the next one', async () => {
  const app = new ManualReactor({ wallStart });
  let finished = 0;
  const run = async (): Promise<void> => {
    await sleep(app, 5_000);
    finished++;
  };
  app.use(cronJob('report', '0 * * * *', run, { timezone: 'UTC' }));
  await app.start();
  await app.advanceAsync(HOUR);
  const stoppedAt = app.now();
  (await app.finish()).throwIfFailed();
  expect(finished).toBe(1);
  expect(app.now() - stoppedAt).toBe(5_000);
});

test('C59: a run that fails is logged, and the next run comes at its time', async () => {
  const warnings: string[] = [];
  const note = (text: string): unknown => warnings.push(text);
  const logger = { info: note, warn: note, error: note };
  const app = new ManualReactor({ wallStart, logger });
  const runs: string[] = [];
  const fails = (): void => {
    runs.push(timeOf(app));
    throw new Error('the disk is full');
  };
  app.use(cronJob('report', '0 * * * *', fails, { timezone: 'UTC' }));
  await app.start();
  await app.advanceAsync(2 * HOUR + 60_000);
  expect(runs).toEqual(['2030-03-30T01:00:00.000Z', '2030-03-30T02:00:00.000Z']);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain('Service "report" failed: the disk is full; restarting in');
  (await app.finish()).throwIfFailed();
});

test('C58: an expression without a time in the future ends the service without a failure', async () => {
  const app = new ManualReactor({ wallStart });
  app.use(cronJob('report', '0 0 3 * * * 2029', () => undefined, { timezone: 'UTC' }));
  await app.start();
  expect(app.describe()).toContain('ended');
  (await app.finish()).throwIfFailed();
});

test('an invalid expression throws at once', () => {
  expect(() => cronJob('report', 'at three', () => undefined)).toThrow('at three');
});
