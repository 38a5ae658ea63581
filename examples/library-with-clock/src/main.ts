// A program that uses the library: it collects the bodies of POST requests, and appends them to a file together.
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { batch } from './batch.ts';

await runService((app) => {
  const write = (lines: readonly string[]) => appendFile('lines.txt', lines.map((line) => `${line}\n`).join(''));
  const add = batch(write, { ms: 60_000, clock: app });

  const server = createServer((request, response) => {
    text(request).then(
      (line) => {
        add(line);
        response.writeHead(202).end();
      },
      (error: unknown) => response.destroy(error as Error), // as: a stream rejects with an Error
    );
  });
  app.use(serveHttp(server, { port: Number(process.env['PORT'] ?? 3000) }));
  app.on('startup', { after: () => console.log('ready') });
});
