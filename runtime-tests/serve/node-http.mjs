/** The program of program.mjs on `serveHttp`, for a server of `node:http`: the same file on Node and on Bun. */
import { resource, restartService } from '@triphase/core';
import { runService } from '@triphase/node-reactor';
import { requestSignal, serveHttp } from '@triphase/node-reactor/http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT, OPTIONS = '{}', LIMITS } = process.env;
const say = (line) => console.log(`app: ${line}`);

await runService(
  (app) => {
    const open = () => {
      say('database open');
      return { find: () => 'hello\n' };
    };
    const db = app.use(resource('db', open, () => say('database closed')));
    const routes = {
      '/': (_request, response) => response.end(db.value.find()),
      '/slow': (_request, response) => {
        say('slow request');
        setTimeout(() => response.end(db.value.find()), 500);
      },
      '/hang': (request, response) => {
        say('hangs');
        const signal = requestSignal(request);
        signal.addEventListener('abort', () => {
          say(`aborted with ${signal.reason.code ?? signal.reason.name}`);
          response.destroy();
        });
      },
      '/events': (_request, response) => {
        say('events');
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write('data: 1\n\n'), 20);
        response.on('close', () => {
          clearInterval(timer);
          say('events cancelled');
        });
      },
      '/upload': async (request, response) => {
        say('upload');
        response.end(String((await text(request)).length));
      },
      '/redirect': (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${PORT}/` }).end(),
      '/keep-alive': (_request, response) => response.writeHead(200, { connection: 'keep-alive' }).end(db.value.find()),
      '/restart': (_request, response) => {
        void restartService(app, db).then(() => say('restarted'));
        response.end('soon\n');
      },
    };
    const server = createServer((request, response) => {
      const route = routes[request.url] ?? (() => response.writeHead(404).end());
      route(request, response);
    });
    server.on('close', () => say('the server has closed'));
    const http = app.use(serveHttp(server, { port: Number(PORT), needs: [db], ...JSON.parse(OPTIONS) }));
    app.on('startup', { after: () => say(`listening on ${http.url}`) });
  },
  LIMITS === undefined ? {} : { limits: { shutdown: JSON.parse(LIMITS) } },
);
