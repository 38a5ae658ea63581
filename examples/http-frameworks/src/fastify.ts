// `open`: Fastify loads its plugins, then listens by itself. `close`: its onClose hooks run after the last answer, while the database is
// still open. Name a host: with the default, `localhost`, Fastify makes a second server, and serveHttp() doesn't see its requests.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { fastify } from 'fastify';
import { Database } from './database.ts';

await runService((app) => {
  const open = () => new Database();
  const db = app.use(resource('db', open, (database) => database.close()));

  const web = fastify();
  web.get<{ Params: { id: string } }>('/users/:id', (request) => db.value.findUser(request.params.id));
  web.addHook('onClose', () => console.log('fastify closed'));

  const port = Number(process.env['PORT'] ?? 3000);
  app.use(
    serveHttp(web.server, {
      open: () => web.listen({ port, host: '0.0.0.0' }),
      close: () => web.close(),
      needs: [db],
    }),
  );
  app.on('startup', { after: () => console.log('ready') });
});
