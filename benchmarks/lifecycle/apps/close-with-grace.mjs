/** close-with-grace takes one function, which calls `server.close()` and then both hooks. */
import closeWithGrace from 'close-with-grace';
import { close, first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
closeWithGrace(async ({ err }) => {
  if (err) console.error(err);
  await Promise.all(servers.map(({ server }) => close(server)));
  await first();
  await second();
});
await start();
for (const { server, port } of servers) await listen(server, port);
