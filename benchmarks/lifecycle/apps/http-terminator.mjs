/** Drains a server and nothing else. */
import { createHttpTerminator } from 'http-terminator';
import { first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
const terminators = servers.map(({ server }) => createHttpTerminator({ server }));
process.once('SIGTERM', async () => {
  await Promise.all(terminators.map((terminator) => terminator.terminate()));
  await first();
  await second();
});
await start();
for (const { server, port } of servers) await listen(server, port);
