/** For bench:serve: a server of `node:http`, stopped with its `close()`. Runs on Node and Bun. */
import { createServer } from 'node:http';

const server = createServer((request, response) => response.end('hello\n')).listen(Number(process.env.PORT));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
