/** terminus drains the server, then calls `onSignal` and `onShutdown`, which are our hooks. */
import { createTerminus } from '@godaddy/terminus';
import { first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
for (const [index, { server }] of servers.entries()) {
  createTerminus(server, {
    healthChecks: { '/healthcheck': () => Promise.resolve() },
    ...(index === 0 && { onSignal: async () => first(), onShutdown: async () => second() }),
  });
}
await start();
for (const { server, port } of servers) await listen(server, port);
