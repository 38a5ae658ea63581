import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';

if (existsSync(String(process.env['BROKEN']))) throw new Error('the new version has a bug');
const server = createServer((_request, response) => response.end(process.argv.slice(2).join(' ')));
await runService((app) => app.use(serveHttp(server, { port: Number(process.env['PORT']) })));
