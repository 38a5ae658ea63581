/**
 * lightship runs its handlers in the order of registration, so the first one closes the server. Its README doesn't await that; with `await`, as here,
 * more requests are answered.
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
