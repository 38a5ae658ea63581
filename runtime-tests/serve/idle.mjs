/** A handler that takes longer than what Bun gives an idle connection: 1 s, which it looks at every 4 s. */
import { serveBun } from '@triphase/node-reactor/http';
import { runService } from 'triphase';

await runService((app) => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    return new Response('late\n');
  };
  app.use(serveBun(slow, { port: Number(process.env.PORT), idleTimeout: 1 }));
});
