/** http-graceful-shutdown drains the server, then calls `onShutdown` and `finally`, which are our hooks. */
import gracefulShutdown from 'http-graceful-shutdown';
import { first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
for (const [index, { server }] of servers.entries()) {
  gracefulShutdown(server, index === 0 ? { onShutdown: async () => first(), finally: async () => second() } : {});
}
await start();
for (const { server, port } of servers) await listen(server, port);
