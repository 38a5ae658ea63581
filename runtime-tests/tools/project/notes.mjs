/** What happens to a process, line by line in the file `NOTES`: no pipe or terminal that goes away loses any of it. */
import { appendFileSync } from 'node:fs';

export const note = (line) => appendFileSync(process.env.NOTES, `${process.pid} ${line}\n`);

process.on('exit', (status) => {
  const { user, system } = process.cpuUsage();
  note(`exit ${status}, after ${Math.round((user + system) / 1_000)} ms of CPU`);
});

/** What every service here does: it says when it runs, and a stop takes `STOP_MS`. */
export function noteLife(app) {
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

/** What a service may do after its run: nothing, or `LINGER_MS` of work, such as an upload of its figures. */
export async function linger() {
  const ms = process.env.LINGER_MS;
  if (ms === undefined) return;
  note('over');
  await new Promise((resolve) => setTimeout(resolve, Number(ms)));
}
