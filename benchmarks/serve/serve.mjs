/** `serve` of `triphase`: the same file on each host. */
import { runService, serve } from 'triphase';

await runService((app) => void app.use(serve(() => new Response('hello\n'), { port: Number(process.env.PORT) })));
