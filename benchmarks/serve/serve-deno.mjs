/** For bench:serve: a server under `serveDeno`. */
import { runService, serveDeno } from '@triphase/deno-shim';

await runService(
  (app) => void app.use(serveDeno(() => new Response('hello\n'), { port: Number(Deno.env.get('PORT')) })),
);
