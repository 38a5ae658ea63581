// `createAdaptorServer()` returns the server of a Hono app, and serveHttp() listens. Don't call `serve()`, which listens by itself.
import { createAdaptorServer } from '@hono/node-server';
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { Hono } from 'hono';
import { Database } from './database.ts';

await runService((app) => {
  const open = () => new Database();
  const db = app.use(resource('db', open, (database) => database.close()));

  const web = new Hono();
  web.get('/users/:id', async (context) => context.json(await db.value.findUser(context.req.param('id'))));

  const port = Number(process.env['PORT'] ?? 3000);
  app.use(serveHttp(createAdaptorServer({ fetch: web.fetch }), { port, needs: [db] }));
  app.on('startup', { after: () => console.log('ready') });
});
