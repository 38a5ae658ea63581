/** An HTTP server as the child. It answers with its process id, and a stop breaks no request. */
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';

await runService((app) => {
  const server = createServer((_request, response) => response.end(`${process.pid}\n`));
  app.use(serveHttp(server, { port: Number(process.env.PORT) }));
});
