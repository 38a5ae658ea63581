/** A service that accepts WebSockets, with the API of its host: Deno or Bun. */
import { runService } from 'triphase';
import { port, print } from './shared.mjs';

const isBun = globalThis.Bun !== undefined;

async function onBun() {
  const { serveBun } = await import('@triphase/node-reactor/http');
  const handler = (request, server) => (server.upgrade(request) ? undefined : new Response('hello\n'));
  const websocket = {
    open: () => print('open'),
    message: (socket, text) => socket.send(text),
    close: () => print('closed'),
  };
  return serveBun(handler, { port, websocket });
}

async function onDeno() {
  const { serveDeno } = await import('@triphase/deno-shim');
  return serveDeno(
    (request) => {
      if (request.headers.get('upgrade') !== 'websocket') return new Response('hello\n');
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => print('open');
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    },
    { port },
  );
}

const http = await (isBun ? onBun() : onDeno());
await runService((app) => app.use(http));
