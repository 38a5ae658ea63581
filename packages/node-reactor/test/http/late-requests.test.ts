import { expect, test } from '@jest/globals';
import { createNodeReactor } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;

/**
 * What a client gets that was idle while requests were held, and sends this once the server drains: for each answer, whether it says that
 * the connection closes. The server answers at once, inside the `request` event: at that moment no request is complete.
 */
async function closesAfter(sent: string, answers: number): Promise<boolean[]> {
  const app = createNodeReactor({ signals: false });
  const server = createServer((_request, response) => response.end('hello'));
  const http = app.use(serveHttp(server, { port: 0, hostname: '127.0.0.1', idleGrace: 10_000 }));
  const started: Promise<void> = new Promise((resolve) => void app.on('startup', { after: () => resolve() }));
  const run = app.run();
  await started;

  let got = '';
  const socket = connect(http.port, '127.0.0.1');
  const gone = once(socket, 'close');
  socket.setEncoding('utf8').on('data', (text: string) => (got += text));
  const answered = async (n: number): Promise<string[]> => {
    while (got.split('HTTP/1.1 ').length <= n && !socket.closed) await turn();
    return got.split('HTTP/1.1 ').slice(1);
  };
  socket.write(get('/'));
  await answered(1);

  void app.stop();
  while (!app.pending().some(({ name, phase }) => name === 'http' && phase === 'during')) await turn();
  socket.write(sent);
  const [, ...late] = await answered(1 + answers);
  socket.destroy();
  await Promise.all([gone, run]);
  return late.map((answer) => /^connection: close/im.test(answer));
}

test('N14: a program that answers at once closes the connection of a client that was idle when the listener closed', async () => {
  expect(await closesAfter(get('/'), 1)).toEqual([true]);
});

test('N13: so it does where the body of the request has arrived', async () => {
  const post = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\nok';
  expect(await closesAfter(post, 1)).toEqual([true]);
});

test('N13: requests that come together are all answered, and the last answer alone says that the connection closes', async () => {
  expect(await closesAfter(get('/').repeat(3), 3)).toEqual([false, false, true]);
});

test('N12: a probe on a connection that stays says that it closes', async () => {
  expect(await closesAfter(get('/readyz'), 1)).toEqual([true]);
});
