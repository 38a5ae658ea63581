/**
 * The part that all programs of `apps/` share: handlers, servers and shutdown hooks. The scenarios choose what it does by environment variables: PORT,
 * PORT2, HOOK, PROTOCOL, WEBSOCKET, DATABASE, SLOW_START.
 */
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const { PORT, PORT2, HOOK, PROTOCOL, WEBSOCKET, DATABASE, SLOW_START } = process.env;

/** The ports: one for each server of the process. */
export const ports = [PORT, PORT2].filter((port) => port !== undefined).map(Number);
export const hostname = '127.0.0.1';
export const isHttp2 = PROTOCOL === 'h2';

/** Prints a line that `app.mjs` reads. */
const say = (text) => console.log(`app: ${text}`);

/** The start of the program: two steps of a second if SLOW_START is set. Some peers pass a signal that cancels it. */
export async function start(signal) {
  if (SLOW_START === undefined) return;
  say('starting');
  await wait(1_000, undefined, { signal });
  say('step 2 began');
  await wait(1_000, undefined, { signal });
}

/** A stand-in for a connection pool: it rejects queries after it was closed. */
const database = {
  isClosed: false,
  async query() {
    await wait(1);
    if (this.isClosed) throw new Error('the database is closed');
  },
};

/** The handler of `/`. The next ones are those of other paths. */
export async function quick() {
  if (DATABASE !== undefined) await database.query();
  return 'hello\n';
}

/** `/slow?1500` takes 1.5 s. */
export async function slow(url) {
  say('slow request');
  await wait(Number(url.split('?')[1] ?? 2_000));
  return 'done\n';
}

/** `/crash` throws an exception that nothing catches, 100 ms later. */
export async function crash() {
  setTimeout(() => {
    throw new Error('nobody catches this');
  }, 100);
  return 'soon\n';
}

/** `/events` is an endless event stream. `write` sends one piece of text. */
export function sendEvents(write, onClose) {
  let n = 0;
  const timer = setInterval(() => write(`data: ${String(++n)}\n\n`), 50);
  onClose(() => clearInterval(timer));
}

/** The handler for servers without a framework. */
async function handle(request, response) {
  const { url } = request;
  try {
    if (url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      sendEvents(
        (text) => response.write(text),
        (fn) => response.on('close', fn),
      );
    } else if (url.startsWith('/slow')) response.end(await slow(url));
    else response.end(await (url === '/crash' ? crash() : quick()));
  } catch (error) {
    response.writeHead(500).end(error.message);
  }
}

/** One server for each port. */
export const newServers = () =>
  ports.map((port) => ({ port, server: isHttp2 ? createHttp2Server(handle) : createServer(handle) }));

/** Accepts WebSockets with `ws`, as its README shows it, if WEBSOCKET is set. */
export async function acceptWebSockets(server) {
  if (WEBSOCKET === undefined) return;
  const { WebSocketServer } = await import('ws');
  new WebSocketServer({ server }).on('connection', (socket) => socket.on('error', console.error));
}

export async function listen(server, port) {
  await acceptWebSockets(server);
  await once(server.listen(port, hostname), 'listening');
}

export const close = (server) => new Promise((resolve) => server.close(resolve));

const FAULTS = {
  reject: () => Promise.reject(new Error('disk full')),
  throw: () => {
    throw new Error('disk full');
  },
  hang: () => new Promise(() => setInterval(() => undefined, 60_000)),
  /** Blocks the thread without using CPU time, which would slow down the other programs. */
  block: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  slow: () => wait(3_000),
};

/** The first shutdown hook of the program. HOOK names its fault, a key of FAULTS. */
export function first() {
  say('hook 1 runs');
  database.isClosed = true;
  return FAULTS[HOOK]?.();
}

/** The second shutdown hook, which has no fault. */
export function second() {
  say('hook 2 runs');
}
