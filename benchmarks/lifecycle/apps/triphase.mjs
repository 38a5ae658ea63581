/** Ours. The hooks are the `close` functions of two resources that the server needs, so they run after its last answer. */
import { resource } from '@triphase/core';
import { runService, watchdog } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { acceptWebSockets, first, hostname, newServers, second, start } from '../program.mjs';

await runService(
  async (app) => {
    const log = app.use(resource('second', () => undefined, second));
    const database = app.use(resource('first', ({ signal }) => start(signal), first, { needs: [log] }));
    for (const { server, port } of newServers()) {
      await acceptWebSockets(server);
      const name = `http ${String(port)}`;
      app.use(serveHttp(server, { port, hostname, name, needs: [database] }));
    }
  },
  { watchdog: process.env.WATCHDOG !== undefined && watchdog() },
);
