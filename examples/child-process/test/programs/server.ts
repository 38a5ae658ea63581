/** An HTTP server that stops in order. */
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';

await runService((app) => {
  const server = createServer((_request, response) => response.end(`${process.pid}\n`));
  app.use(serveHttp(server, { port: Number(process.env.PORT) }));
});
