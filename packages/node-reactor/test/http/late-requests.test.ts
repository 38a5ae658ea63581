import { expect, test } from '@jest/globals';
import { createNodeReactor } from '@triphase/node-reactor';
import { serveHttp } from '@triphase/node-reactor/http';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;

/**
 * Connects a client that is idle while requests are held, and sends `sent` once the server drains. Resolves with whether each answer says
 * `Connection: close`. The server answers inside the `request` event, when `complete` of the request is still false.
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

test('N14: the answer to a client that was idle when the listener closed says close', async () => {
  expect(await closesAfter(get('/'), 1)).toEqual([true]);
});

test('N13: the answer to such a client says close also if the request has a body', async () => {
  const post = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\nok';
  expect(await closesAfter(post, 1)).toEqual([true]);
});

test('N13: requests that come together are all answered, and only the last answer says close', async () => {
  expect(await closesAfter(get('/').repeat(3), 3)).toEqual([false, false, true]);
});

test('N12: the answer to a probe on such a connection says close', async () => {
  expect(await closesAfter(get('/readyz'), 1)).toEqual([true]);
});
