/** A handler that takes 6 s, longer than the idleTimeout of its server on Bun: 1 s, which Bun checks every 4 s. */
import { serveBun } from '@triphase/node-reactor/http';
import { runService } from 'triphase';

await runService((app) => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    return new Response('late\n');
  };
  app.use(serveBun(slow, { port: Number(process.env.PORT), idleTimeout: 1 }));
});
