/** The service of program.mjs on `serveHttp`, with a server of `node:http`. The same file runs on Node and on Bun. */
import { restartService } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { requestSignal, serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { addDatabase, options, port, print, reactorOptions } from './shared.mjs';

await runService((app) => {
  const db = addDatabase(app);
  const routes = {
    '/': (_request, response) => response.end(db.value.find()),
    '/slow': (_request, response) => {
      print('slow request');
      setTimeout(() => response.end(db.value.find()), 500);
    },
    '/hang': (request, response) => {
      print('hangs');
      const signal = requestSignal(request);
      signal.addEventListener('abort', () => {
        print(`aborted with ${signal.reason.code ?? signal.reason.name}`);
        response.destroy();
      });
    },
    '/events': (_request, response) => {
      print('events');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write('data: 1\n\n'), 20);
      response.on('close', () => {
        clearInterval(timer);
        print('events cancelled');
      });
    },
    '/upload': async (request, response) => {
      print('upload');
      response.end(String((await text(request)).length));
    },
    '/redirect': (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
    '/keep-alive': (_request, response) => response.writeHead(200, { connection: 'keep-alive' }).end(db.value.find()),
    '/restart': (_request, response) => {
      void restartService(app, db).then(() => print('restarted'));
      response.end('soon\n');
    },
  };
  const server = createServer((request, response) => {
    const route = routes[request.url] ?? (() => response.writeHead(404).end());
    route(request, response);
  });
  server.on('close', () => print('the server has closed'));
  const http = app.use(serveHttp(server, { port, needs: [db], ...options }));
  app.on('startup', { after: () => print(`listening on ${http.url}`) });
}, reactorOptions);
