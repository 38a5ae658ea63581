/** http-terminator only drains the server, so the program calls the hooks itself. */
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
