/** A service that accepts WebSockets by the means of the host: on Deno and Bun. */
const isBun = globalThis.Bun !== undefined;
const { runService } = await import('triphase');
const say = (text) => console.log(`app: ${text}`);
const port = Number(process.env.PORT);

async function onBun() {
  const { serveBun } = await import('@triphase/node-reactor/http');
  const handler = (request, server) => (server.upgrade(request) ? undefined : new Response('hello\n'));
  const websocket = {
    open: () => say('open'),
    message: (socket, text) => socket.send(text),
    close: () => say('closed'),
  };
  return serveBun(handler, { port, websocket });
}

async function onDeno() {
  const { serveDeno } = await import('@triphase/deno-shim');
  return serveDeno(
    (request) => {
      if (request.headers.get('upgrade') !== 'websocket') return new Response('hello\n');
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => say('open');
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    },
    { port },
  );
}

const http = await (isBun ? onBun() : onDeno());
await runService((app) => app.use(http));
