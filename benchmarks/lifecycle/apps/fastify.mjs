/** close-with-grace calls Fastify's `close()`, as the README of close-with-grace shows it. The hooks are `onClose` hooks, which run last in, first out. */
import closeWithGrace from 'close-with-grace';
import fastify from 'fastify';
import {
  acceptWebSockets,
  crash,
  first,
  hostname,
  isHttp2,
  ports,
  quick,
  second,
  sendEvents,
  slow,
  start,
} from '../program.mjs';

const apps = ports.map(() => {
  const app = fastify({ http2: isHttp2 });
  app.get('/', () => quick());
  app.get('/slow', ({ url }) => slow(url));
  app.get('/crash', () => crash());
  app.get('/events', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    sendEvents(
      (text) => reply.raw.write(text),
      (fn) => reply.raw.on('close', fn),
    );
  });
  return app;
});
apps[0].addHook('onClose', async () => second());
apps[0].addHook('onClose', async () => first());
closeWithGrace(async ({ err }) => {
  if (err) console.error(err);
  await Promise.all(apps.map((app) => app.close()));
});
await start();
for (const [index, app] of apps.entries()) {
  await acceptWebSockets(app.server);
  await app.listen({ port: ports[index], host: hostname });
}
