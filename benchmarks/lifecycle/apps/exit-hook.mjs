/** Hooks run side by side, so the server and the first hook are one. `wait` is more than the 2 s that our slowest request takes. */
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
