// `createAdaptorServer()` makes a server of a Hono app and leaves listening to serveHttp(); `serve()` would listen by itself.
import { createAdaptorServer } from '@hono/node-server';
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { Hono } from 'hono';
import { Database } from './database.ts';

await runService((app) => {
  const open = () => new Database();
  const db = app.use(resource('db', open, (opened) => opened.close()));

  const web = new Hono();
  web.get('/users/:id', async (context) => context.json(await db.value.findUser(context.req.param('id'))));

  const port = Number(process.env['PORT'] ?? 3000);
  app.use(serveHttp(createAdaptorServer({ fetch: web.fetch }), { port, needs: [db] }));
  app.on('startup', { after: () => console.log('ready') });
});
