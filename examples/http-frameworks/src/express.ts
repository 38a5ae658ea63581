// An Express app is a request listener: pass it to createServer(). Don't call its listen(), since serveHttp() listens.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import express from 'express';
import { createServer } from 'node:http';
import { Database } from './database.ts';

await runService((app) => {
  const open = () => new Database();
  const db = app.use(resource('db', open, (database) => database.close()));

  const web = express();
  web.get('/users/:id', async (request, response) => {
    response.json(await db.value.findUser(request.params.id));
  });

  const port = Number(process.env['PORT'] ?? 3000);
  app.use(serveHttp(createServer(web), { port, needs: [db] }));
  app.on('startup', { after: () => console.log('ready') });
});
