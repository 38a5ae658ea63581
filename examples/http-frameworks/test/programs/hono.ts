import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { stream, streamSSE } from 'hono/streaming';
import { noteRequest, pieces, port, runServer } from './shared.ts';

const web = new Hono();
web.use(async (context, next) => {
  noteRequest(context.req.method, context.req.path);
  await next();
});
web.get('/pieces', (context) =>
  stream(context, async (answer) => {
    for await (const piece of pieces()) await answer.write(piece);
  }),
);
web.post('/upload', async (context) => {
  const { text } = await context.req.json<{ text: string }>();
  return context.json({ length: text.length });
});
web.get('/events', (context) =>
  streamSSE(context, async (answer) => {
    for (let n = 1; !answer.aborted; n++) {
      await answer.writeSSE({ data: String(n) });
      await answer.sleep(20);
    }
    console.log('events over');
  }),
);
web.notFound((context) => context.text('no such page', 404));

await runServer(createAdaptorServer({ fetch: web.fetch }), { port });
