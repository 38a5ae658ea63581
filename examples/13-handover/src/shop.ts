import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** One version of the service: how it adds up the entries that it gets. */
export interface Version {
  readonly name: string;
  sum(amounts: readonly number[]): object;
}

/** An HTTP service with a database that takes a moment to open and to close. It is the same in both versions. */
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
          isOpen = false; // a request that is answered after this gets a 500
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
    await wait(5); // the database works
    return version.sum(amounts);
  }
}

async function readAmounts(request: IncomingMessage): Promise<number[]> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? [] : (JSON.parse(text) as number[]); // as: what the load sends
}
