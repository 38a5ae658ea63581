// Handles ten messages of a queue at a time. A stop finishes the messages that were taken, and gives back those that take too long.
import { background, inFlight, resource, type BackgroundContext, type HostAbortSignal } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { appendFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Spool, type Message } from './spool.ts';

const [folder = 'spool'] = process.argv.slice(2);

await runService((app) => {
  const open = () => Spool.open(folder);
  const close = () => console.log('closed');
  const spool = app.use(resource('spool', open, close));
  const drainTimeout = Number(process.env['DRAIN_MS'] ?? 5_000);
  const work = app.use(inFlight('work', { concurrency: 10, needs: [spool], drainTimeout }));

  app.use(background('consumer', consume, { needs: [spool] }));
  app.on('startup', { after: () => console.log('ready') });

  async function consume({ signal }: BackgroundContext): Promise<unknown> {
    for (;;) {
      await work.free({ signal });
      const message = await spool.value.take(signal); // rejects when the stop begins
      if (signal.aborted) return message.giveBack();
      void work.run((item) => handle(message, item.signal), { onAbandoned: () => message.giveBack() });
    }
  }

  async function handle(message: Message, signal: HostAbortSignal): Promise<void> {
    try {
      await send(await message.text(), signal);
      await message.done();
    } catch (error) {
      if (signal.aborted) return; // onAbandoned gives it back
      app.report(error, { name: message.name });
      await message.fail();
    }
  }
});

/** Stands for the real work. The text of a message is the number of milliseconds that it takes. */
async function send(text: string, signal: HostAbortSignal): Promise<void> {
  const ms = Number(text);
  if (Number.isNaN(ms)) throw new Error(`"${text}" is no number`);
  await wait(ms, undefined, { signal });
  await appendFile('sent.txt', `${text}\n`);
}
