/** stoppable only drains the server, so the program calls the hooks itself. Without the option `grace`, as its README shows it. */
import stoppable from 'stoppable';
import { first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
for (const { server } of servers) stoppable(server);
process.once('SIGTERM', async () => {
  await Promise.all(servers.map(({ server }) => new Promise((resolve) => server.stop(resolve))));
  await first();
  await second();
});
await start();
for (const { server, port } of servers) await listen(server, port);
