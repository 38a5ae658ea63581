/** The worker that `triphase-primary.mjs` runs. */
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { createApp, port } from './answer.mjs';

await runService((app) => app.use(serveHttp(createApp(), { port })));
