/**
 * The scenarios of bench:lifecycle without load: `{ key, run, applies, runs, isAlone }`. `run(peer)` resolves with the record of `outcome()` and more
 * fields. `applies(peer)`: false if the peer can't do it. `runs`: how often it runs, default once. `isAlone`: nothing else runs at the same time.
 */
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { freePort } from '../../scripts/http-load.mjs';
import { keepAliveAgent, request, withApp } from './app.mjs';

const count = (results) => results.filter((result) => result === 'answered').length;

/** Stops a server with 50 idle connections and 10 requests of 2 s. */
const inFlight = (peer) =>
  withApp(peer, {}, async (app) => {
    const idle = keepAliveAgent();
    const busy = keepAliveAgent();
    await Promise.all(Array.from({ length: 50 }, () => request(app.port, '/', idle)));
    const requests = Array.from({ length: 10 }, () => request(app.port, '/slow?2000', busy));
    await app.said('slow request', 10);
    const ended = await app.end();
    const results = await Promise.all(requests);
    for (const agent of [idle, busy]) agent.destroy();
    return { ...ended, answered: count(results), of: 10 };
  });

/** Stops a process with two servers. The first one is idle; the second one has a request. */
const twoServers = async (peer) => {
  const port2 = await freePort();
  return withApp(peer, { env: { PORT2: String(port2) } }, async (app) => {
    let result = request(port2, '/slow?1500');
    // `withApp` has waited only for the first port.
    while ((await Promise.race([result, app.said('slow request')])) === 'ECONNREFUSED') {
      await wait(10);
      result = request(port2, '/slow?1500');
    }
    const ended = await app.end();
    return { ...ended, answered: count([await result]), of: 1 };
  });
};

const idleHttp2 = (peer) =>
  withApp(peer, { env: { PROTOCOL: 'h2' } }, async (app) => {
    const session = connect(`http://127.0.0.1:${String(app.port)}`);
    let error;
    session.on('error', ({ code }) => {
      error = code;
    });
    const stream = session.request({ ':path': '/' });
    await once(stream.resume(), 'end');
    const ended = await app.end();
    session.destroy();
    return { ...ended, error };
  });

const openWebSocket = (peer) =>
  withApp(peer, { env: { WEBSOCKET: '1' } }, async (app) => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(app.port)}/ws`);
    socket.on('error', () => undefined); // the close code says it too
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const ended = await app.end();
    const [code] = await closed;
    return { ...ended, code };
  });

const eventStream = (peer) =>
  withApp(peer, {}, async (app) => {
    const sent = get({ port: app.port, host: '127.0.0.1', path: '/events' });
    sent.on('error', () => undefined); // the response reports it too
    const [response] = await once(sent, 'response');
    const over = new Promise((resolve) => {
      response.on('end', () => resolve('ended'));
      response.on('error', () => resolve('cut'));
    });
    await once(response, 'data');
    response.resume();
    const ended = await app.end();
    return { ...ended, stream: await over };
  });

const withHook = (hook) => (peer) =>
  withApp(peer, { env: { HOOK: hook, ...(hook === 'block' && { WATCHDOG: '1' }) } }, (app) => app.end());

/** Sends a second signal 0.3 s after a hook of 3 s has begun. */
const secondSignal = (peer) =>
  withApp(peer, { env: { HOOK: 'slow' } }, async (app) => {
    const ended = app.end();
    await app.said('hook 1 runs');
    await wait(300);
    app.kill('SIGTERM');
    return ended;
  });

const whileStarting = (peer) =>
  withApp(peer, { env: { SLOW_START: '1' }, isListening: false }, async (app) => {
    await app.said('starting');
    return app.end();
  });

/** Throws an exception that nothing catches while 5 requests of 1 s are under way. */
const uncaught = (peer) =>
  withApp(peer, {}, async (app) => {
    const requests = Array.from({ length: 5 }, () => request(app.port, '/slow?1000'));
    await app.said('slow request', 5);
    const ended = app.ended();
    const crash = request(app.port, '/crash');
    const results = await Promise.all(requests);
    await crash;
    return { ...(await ended), answered: count(results), of: 5 };
  });

/** Stops a server without connections: the time that a stop takes at least (P15). */
export const idleStop = (peer) =>
  withApp(peer, {}, async (app) => {
    await request(app.port, '/', false);
    return app.end();
  });

/** Stops a server with one idle keep-alive connection. */
const idleConnection = (peer) =>
  withApp(peer, {}, async (app) => {
    const agent = keepAliveAgent();
    await request(app.port, '/', agent);
    const ended = await app.end();
    agent.destroy();
    return ended;
  });

export const SCENARIOS = [
  { key: '10 in flight', run: inFlight },
  { key: 'two servers', run: twoServers },
  { key: 'HTTP/2 session', run: idleHttp2, applies: ({ http2 }) => http2 },
  { key: 'WebSocket', run: openWebSocket },
  { key: 'event stream', run: eventStream },
  { key: 'idle', run: idleStop, runs: 7, isAlone: true },
  { key: 'idle connection', run: idleConnection },
  { key: 'hook rejects', run: withHook('reject') },
  { key: 'hook throws', run: withHook('throw') },
  { key: 'hook hangs', run: withHook('hang') },
  { key: 'hook blocks', run: withHook('block') },
  { key: 'second SIGTERM', run: secondSignal },
  { key: 'while starting', run: whileStarting },
  { key: 'uncaught exception', run: uncaught },
];
