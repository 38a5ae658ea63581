import { fastify } from 'fastify';
import { Readable } from 'node:stream';
import { events, noteRequest, pieces, port, runServer } from './shared.ts';

const web = fastify();
web.addHook('onRequest', async (request) => noteRequest(request.method, request.url));
web.get('/pieces', () => Readable.from(pieces()));
web.post<{ Body: { text: string } }>('/upload', async (request) => ({ length: request.body.text.length }));
web.get('/events', (_request, reply) => reply.type('text/event-stream').send(Readable.from(events())));
web.setNotFoundHandler((_request, reply) => reply.code(404).send('no such page'));

await runServer(web.server, { open: () => web.listen({ port, host: '127.0.0.1' }), close: () => web.close() });
