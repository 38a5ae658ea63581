/**
 * The server of the topic `http` (P14): alone with the argument `bare`, otherwise under `serveHttp`. Sends its parent the port, and its CPU time in
 * microseconds as the answer to each message.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';

const server = createServer((_request, response) => response.end('hello\n'));
if (process.argv[2] === 'bare') server.listen(0, '127.0.0.1');
else void runService((app) => app.use(serveHttp(server, { port: 0, hostname: '127.0.0.1' })));
await once(server, 'listening');
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.on('disconnect', () => process.exit());
process.send(server.address().port);
