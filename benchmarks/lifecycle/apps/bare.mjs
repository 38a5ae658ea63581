/** Node without a library: awaits `server.close()`, then runs the hooks. */
import { close, first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
process.once('SIGTERM', async () => {
  await Promise.all(servers.map(({ server }) => close(server)));
  await first();
  await second();
});
await start();
for (const { server, port } of servers) await listen(server, port);
