/** For bench:serve: a server under `serveBun`. */
import { runService } from '@triphase/node-reactor';
import { serveBun } from '@triphase/node-reactor/http';

await runService((app) => void app.use(serveBun(() => new Response('hello\n'), { port: Number(process.env.PORT) })));
