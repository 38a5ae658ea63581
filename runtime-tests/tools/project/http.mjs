/** An HTTP service that notes its start and its stop. */
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';
import { noteStartAndStop } from './notes.mjs';

await runService((app) => {
  app.use(
    serveHttp(
      createServer((_request, response) => response.end('hello\n')),
      { port: 0, hostname: '127.0.0.1' },
    ),
  );
  noteStartAndStop(app);
});
