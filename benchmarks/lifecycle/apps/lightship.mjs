/**
 * Handlers run in the order of registration, so `server.close()` comes first. Its README does not await it; awaited, more requests are
 * answered.
 */
import { createLightship } from 'lightship';
import { close, first, listen, newServers, second, start } from '../program.mjs';

const servers = newServers();
const lightship = await createLightship();
for (const { server } of servers) lightship.registerShutdownHandler(() => close(server));
lightship.registerShutdownHandler(first);
lightship.registerShutdownHandler(second);
await start();
for (const { server, port } of servers) await listen(server, port);
lightship.signalReady();
