/** For bench:serve: a server of `node:http` under `serveHttp`. */
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';

const server = createServer((request, response) => response.end('hello\n'));
await runService((app) => void app.use(serveHttp(server, { port: Number(process.env.PORT) })));
