/** For bench:serve: a server under `serve` of the package `triphase`. Runs on Node, Deno and Bun. */
import { runService, serve } from 'triphase';

await runService((app) => void app.use(serve(() => new Response('hello\n'), { port: Number(process.env.PORT) })));
