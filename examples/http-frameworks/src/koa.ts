// `callback()` makes a request listener of a Koa app: createServer() takes it. Don't call listen(), serveHttp() listens. Koa has nothing
// to close.
import { resource } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import Koa from 'koa';
import { createServer } from 'node:http';
import { Database } from './database.ts';

await runService((app) => {
  const open = () => new Database();
  const db = app.use(resource('db', open, (opened) => opened.close()));

  const web = new Koa();
  web.use(async (context, next) => {
    const id = /^\/users\/(\w+)$/.exec(context.path)?.[1];
    if (id === undefined) await next();
    else context.body = await db.value.findUser(id);
  });

  const port = Number(process.env['PORT'] ?? 3000);
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- Koa handles the errors itself: it never rejects
  app.use(serveHttp(createServer(web.callback()), { port, needs: [db] }));
  app.on('startup', { after: () => console.log('ready') });
});
