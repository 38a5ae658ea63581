import express from 'express';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { noteRequest, pieces, port, runServer } from './shared.ts';

const web = express();
web.use((request, _response, next) => {
  noteRequest(request.method, request.path);
  next();
});
web.get('/pieces', (_request, response) => {
  Readable.from(pieces()).pipe(response);
});
web.post('/upload', express.json(), (request, response) => {
  response.json({ length: (request.body as { text: string }).text.length });
});
web.get('/events', (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let n = 1;
  const timer = setInterval(() => response.write(`data: ${n++}\n\n`), 20);
  response.on('close', () => {
    clearInterval(timer);
    console.log('events over');
  });
});
web.use((_request, response) => {
  response.status(404).send('no such page');
});

await runServer(createServer(web), { port });
