import Koa from 'koa';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { events, noteRequest, pieces, port, runServer } from './shared.ts';

const web = new Koa();
// Koa emits this when a client disconnects, and when a stop ends an event stream.
web.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') console.error(error);
});
web.use((context, next) => {
  noteRequest(context.method, context.path);
  return next() as Promise<unknown>;
});
web.use(async (context) => {
  switch (`${context.method} ${context.path}`) {
    case 'GET /pieces':
      context.body = Readable.from(pieces());
      return;
    case 'POST /upload':
      context.body = { length: ((await json(context.req)) as { text: string }).text.length };
      return;
    case 'GET /events':
      context.type = 'text/event-stream';
      context.body = Readable.from(events());
      return;
    default:
      context.status = 404;
      context.body = 'no such page';
  }
});

// eslint-disable-next-line @typescript-eslint/no-misused-promises -- the promise never rejects: Koa handles its errors
await runServer(createServer(web.callback()), { port });
