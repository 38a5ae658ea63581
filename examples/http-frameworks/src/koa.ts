// `callback()` returns the request listener of a Koa app: pass it to createServer(). Don't call listen(), since serveHttp() listens.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import Koa from 'koa';
import { createServer } from 'node:http';
import { Database } from './database.ts';

await runService((app) => {
  const open = () => new Database();
  const db = app.use(resource('db', open, (database) => database.close()));

  const web = new Koa();
  web.use(async (context, next) => {
    const id = /^\/users\/(\w+)$/.exec(context.path)?.[1];
    if (id === undefined) await next();
    else context.body = await db.value.findUser(id);
  });

  const port = Number(process.env['PORT'] ?? 3000);
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the promise never rejects: Koa handles its errors
  app.use(serveHttp(createServer(web.callback()), { port, needs: [db] }));
  app.on('startup', { after: () => console.log('ready') });
});
