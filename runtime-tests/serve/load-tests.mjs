/** Services that SIGTERM stops under load: no request may break. */
import { deno, loadTest, SERVE_HOSTS, serveHttp } from './test-cases.mjs';

export const loadTests = [
  loadTest('N15, D13: the quick start of README.md breaks no request of 20 keep-alive clients', {
    program: 'quick-start.mjs',
    on: SERVE_HOSTS,
  }),
  loadTest(
    'N15, D13: the quick start of README.md breaks no request of 20 clients with a new connection for each request',
    {
      program: 'quick-start.mjs',
      keepAlive: false,
      on: SERVE_HOSTS,
    },
  ),
  loadTest('N15, D13: the program in step 3 of docs/start.md breaks no request of 20 keep-alive clients', {
    program: 'start.mjs',
    on: SERVE_HOSTS,
  }),
  loadTest('N15, D5: the program in the README of deno-shim breaks no request of 20 keep-alive clients', {
    program: 'deno-shim.mjs',
    on: [deno],
  }),
  loadTest('N15, D5: the program for Deno on docs/start.md breaks no request of 20 keep-alive clients', {
    program: 'deno-alone.mjs',
    on: [deno],
    last: /every request is answered/,
  }),
  loadTest('N15: SIGTERM breaks no request of 20 keep-alive clients', {}),
  loadTest('N15: SIGTERM breaks no request of 20 clients with a new connection for each request', {
    keepAlive: false,
  }),
  loadTest('N15: SIGTERM breaks no request whose answer has immutable headers', { path: '/redirect' }),
  loadTest('N15: SIGTERM breaks no request that follows an answer which was being sent when the stop began', {
    path: '/stream',
    before: 40,
    on: SERVE_HOSTS,
  }),
  loadTest('D5: SIGTERM breaks no request whose answer sets connection: keep-alive', {
    path: '/keep-alive',
    on: [serveHttp],
  }),
  loadTest('D5: SIGTERM breaks no request that is answered after 500 ms', {
    path: '/slow',
    clients: 5,
    before: 10,
    on: [serveHttp],
  }),
  loadTest('N15: SIGTERM breaks no request with a body', { path: '/upload', body: () => '{"n":1}' }),
];
