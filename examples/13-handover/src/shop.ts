import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** What differs between two versions of the service: how it adds up the amounts of a request. */
export interface Version {
  readonly name: string;
  sum(amounts: readonly number[]): object;
}

/** The part that both versions share: an HTTP service with a database that takes time to open and to close. */
export async function runShop(version: Version): Promise<void> {
  await runService((app) => {
    let isOpen = false;
    const database = app.use(
      resource(
        'database',
        async () => {
          await wait(100);
          isOpen = true;
        },
        async () => {
          isOpen = false; // an answer after this is a 500
          await wait(20);
        },
      ),
    );
    const server = createServer((request, response) => {
      void answer(request).then((body) => {
        response.setHeader('x-version', version.name);
        response.statusCode = isOpen ? 200 : 500;
        response.end(JSON.stringify(body));
      });
    });
    app.use(serveHttp(server, { port: Number(process.env['PORT']), needs: [database] }));
  });

  async function answer(request: IncomingMessage): Promise<object> {
    const amounts = await readAmounts(request);
    await wait(5); // the database is asked
    return version.sum(amounts);
  }
}

async function readAmounts(request: IncomingMessage): Promise<number[]> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? [] : (JSON.parse(text) as number[]); // as: the load sends an array of numbers
}
