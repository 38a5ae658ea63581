/** exit-hook runs all hooks at the same time, so one of them closes the server and then runs the first hook. `wait` is longer than our slowest request, 2 s. */
import { asyncExitHook } from 'exit-hook';
import { close, first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
asyncExitHook(
  async () => {
    await Promise.all(servers.map(({ server }) => close(server)));
    await first();
  },
  { wait: 3_000 },
);
asyncExitHook(async () => second(), { wait: 3_000 });
await start();
for (const { server, port } of servers) await listen(server, port);
