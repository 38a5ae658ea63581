/** Notes about a process, as lines in the file `NOTES`. A file has them even when a pipe or a terminal is closed. */
import { appendFileSync } from 'node:fs';

export const note = (line) => appendFileSync(process.env.NOTES, `${process.pid} ${line}\n`);

process.on('exit', (status) => {
  const { user, system } = process.cpuUsage();
  note(`exit ${status}, after ${Math.round((user + system) / 1_000)} ms of CPU`);
});

/** Adds notes about the start and the stop to a service. The stop takes `STOP_MS` milliseconds. */
export function noteStartAndStop(app) {
  app.on('startup', {
    after: () => {
      note('running');
      process.send?.('ready');
    },
  });
  app.on('shutdown', {
    before: ({ detail }) => note(`stopping: ${detail.signal ?? detail.kind}`),
    during: () => new Promise((resolve) => setTimeout(resolve, Number(process.env.STOP_MS ?? 50))),
    after: () => note('stopped'),
  });
}

/** Waits `LINGER_MS` milliseconds after the run, if that is set, as a program that still uploads its figures. */
export async function linger() {
  const ms = process.env.LINGER_MS;
  if (ms === undefined) return;
  note('over');
  await new Promise((resolve) => setTimeout(resolve, Number(ms)));
}
