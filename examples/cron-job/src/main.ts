// Writes a report at the times of a cron expression, every day at three by default: npm start -- '*/5 * * * * *'
import { runService } from '@triphase/node-reactor';
import { setTimeout as wait } from 'node:timers/promises';
import { cronJob } from './cron-job.ts';

const [expression = '0 3 * * *'] = process.argv.slice(2);

async function report(): Promise<void> {
  console.log(`report of ${new Date().toISOString()}`);
  await wait(500); // the work
  console.log('written');
}

await runService((app) => {
  app.use(cronJob('report', expression, report, { timezone: 'UTC' }));
  app.on('startup', { after: () => console.log('ready') });
});
