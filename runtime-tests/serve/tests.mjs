/** What a service on `serve` promises, by real processes, real sockets and real signals: `{ name, on?, run(host) }`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { freePort, Load, Program, stopUnderLoad } from '../../scripts/http-load.mjs';
import { events, raw, upload } from './clients.mjs';

const status = async (port, path, init) => (await fetch(`http://127.0.0.1:${port}${path}`, init)).status;

/** Resolves once the program has printed `app: text` so many times. */
async function said(program, text, times = 1) {
  while (program.stdout.split(`app: ${text}\n`).length <= times) {
    if (program.child.exitCode !== null) throw new Error(`it ended first:\n${program.stdout}${program.stderr}`);
    await wait(5);
  }
}

/** Runs `use(program)`, which is killed at the end if it is still there. */
async function withProgram({ command, env }, use) {
  const program = await Program.start(command, { env });
  try {
    return await use(program);
  } catch (error) {
    throw new Error(`${error.message}\n${program.stdout}${program.stderr}`, { cause: error });
  } finally {
    program.child.kill('SIGKILL');
  }
}

const options = (more) => ({ OPTIONS: JSON.stringify(more) });

const load = (name, { program = 'program.mjs', on, last = /database closed/, ...more }) => ({
  name,
  on,
  run: async ({ command }) => {
    const { broken, errors, status: code, stdout, stderr } = await stopUnderLoad(command(program), more);
    assert.deepEqual({ broken, errors, code }, { broken: 0, errors: {}, code: 0 }, stderr);
    assert.match(stdout, last);
  },
});

const simple = (name, env, run, more = {}) => ({
  name,
  ...more,
  run: ({ command, kind }) =>
    withProgram({ command: command(more.program ?? 'program.mjs'), env }, (program) => run(program, kind)),
});

/** `serve` on each host, and `serveHttp` for a server of `node:http`. */
const [node, deno, bun, serveHttp] = ['Node', 'Deno', 'Bun', 'serveHttp'];
const everywhere = [node, deno, bun, serveHttp];
const onFetch = [node, deno, bun];

export const serveTests = [
  load('N15, D13: the quick start of README.md, word by word, under 20 keep-alive clients', {
    program: 'quick-start.mjs',
    on: onFetch,
  }),
  load('N15, D13: and under 20 clients that connect anew for each request', {
    program: 'quick-start.mjs',
    keepAlive: false,
    on: onFetch,
  }),
  load('N15, D13: the third step of docs/start.md, word by word, under 20 keep-alive clients', {
    program: 'start.mjs',
    on: onFetch,
  }),
  load('N15, D5: the program of the page of deno-shim, word by word, under 20 keep-alive clients', {
    program: 'deno-shim.mjs',
    on: [deno],
  }),
  load('N15, D5: the program for Deno of docs/start.md, word by word, under 20 keep-alive clients', {
    program: 'deno-alone.mjs',
    on: [deno],
    last: /every request is answered/,
  }),
  load('N15: 20 keep-alive clients, SIGTERM in the middle: no request is broken', {}),
  load('N15: 20 clients that connect anew for each request, SIGTERM in the middle: no request is broken', {
    keepAlive: false,
  }),
  load('D5′: nor one whose answer has headers that cannot be changed', { path: '/redirect' }),
  load('D5′: nor one behind an answer that was being sent when the stop began', {
    path: '/stream',
    before: 40,
    on: onFetch,
  }),
  load('D5: nor one whose program wants the connection to stay', { path: '/keep-alive', on: [serveHttp] }),
  load('D5: nor one that is answered late', { path: '/slow', clients: 5, before: 10, on: [serveHttp] }),
  load('D5″: nor one with a body', { path: '/upload', body: () => '{"n":1}' }),
  simple('N14, N18: 10 requests under way are answered, then what they need closes', {}, async (program) => {
    const answers = Array.from({ length: 10 }, () => status(program.port, '/slow'));
    await said(program, 'slow request', 10);
    assert.equal((await program.end()).status, 0);
    assert.deepEqual(new Set(await Promise.all(answers)), new Set([200]));
    assert.match(program.stdout, /database closed/);
  }),
  simple('D5″: bodies that are still coming when the stop begins arrive whole', {}, async (program) => {
    const clients = Array.from({ length: 10 }, () => upload(program.port, 'a'.repeat(1_000), 2_000));
    await said(program, 'upload', 10);
    const ended = program.end();
    await wait(400); // longer than requests are held
    const answers = await Promise.all(clients.map((client) => client.rest('b'.repeat(1_000))));
    for (const answer of answers) assert.deepEqual(answer, { status: 200, text: '2000' });
    assert.equal((await ended).status, 0);
  }),
  simple(
    'N17, D5‴: drainTimeout answers 503, names the request, aborts its signal, and the status is 1',
    options({ drainTimeout: 200 }),
    async (program) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await said(program, 'hangs');
      const { status: code } = await program.end();
      assert.match(await (await answer).ended, /^HTTP\/1\.1 503 [^]*connection: close/i);
      assert.match(program.stdout, /aborted with ERR_TRIPHASE_REQUEST_CUT/);
      assert.match(program.stderr, /cut 1 request after drainTimeout: GET \/hang/);
      assert.doesNotMatch(program.stderr, /service "http GET/);
      assert.equal(code, 1);
    },
    { on: [deno, bun] },
  ),
  simple(
    'N5, N17, D5‴: so does a second signal, and the status is that of the signal',
    {},
    async (program) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await said(program, 'hangs');
      program.child.kill('SIGTERM');
      await wait(300); // no doubled one
      const { status: code } = await program.end();
      assert.match(await (await answer).ended, /^HTTP\/1\.1 503 [^]*connection: close/i);
      assert.match(program.stderr, /cut 1 request when SIGTERM came again: GET \/hang/);
      assert.equal(code, 143);
    },
    { on: [deno, bun] },
  ),
  simple(
    'N17, D5: drainTimeout cuts the connection of node:http; on Bun the client gets 503',
    options({ drainTimeout: 200 }),
    async (program) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await said(program, 'hangs');
      const { status: code } = await program.end();
      // Bun would send the head of a 200 where an answer is destroyed.
      assert.match(await (await answer).ended, program.child.spawnfile.endsWith('bun') ? /^HTTP\/1\.1 503 / : /^$/);
      assert.match(program.stdout, /aborted with ERR_TRIPHASE_REQUEST_CUT/);
      assert.match(program.stderr, /cut 1 request after drainTimeout: GET \/hang/);
      assert.doesNotMatch(program.stderr, /service "http GET/);
      assert.equal(code, 1);
    },
    { on: [node, serveHttp] },
  ),
  simple(
    'N17: the limit of the phase cuts in the same way, and the process ends',
    { LIMITS: JSON.stringify({ deadline: 1_500, during: 300 }) },
    async (program, kind) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await said(program, 'hangs');
      const { status: code } = await program.end();
      const got = await (await answer).ended;
      if (kind === deno || kind === bun) assert.match(got, /^HTTP\/1\.1 503 /);
      assert.match(program.stderr, /cut 1 request at the limit of the phase: GET \/hang/);
      assert.match(program.stdout, /database closed/);
      assert.equal(code, 124);
    },
  ),
  simple(
    'N17: a client that leaves ends the wait for its answer, whatever its handler does; on Deno only where it uses requestSignal',
    {},
    async (program, host) => {
      for (const path of host === deno ? ['/watches'] : ['/never', '/watches']) {
        const client = await raw(program.port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        await said(program, path);
        client.leave();
      }
      assert.equal(await status(program.port, '/watched'), 200);
      await said(program, 'left');
      assert.equal((await program.end('SIGTERM', 15_000)).status, 0);
      const ofDeno = /^Deno\.serve: request\.signal aborts on successful responses .*$/m; // once in a process
      assert.equal(program.stderr.replace(ofDeno, '').trim(), '');
    },
    { on: onFetch },
  ),
  simple(
    'D13: what is no Response is an error of the handler, and its client gets 500',
    {},
    async (program) => {
      assert.equal(await status(program.port, '/text'), 500);
      assert.equal(await status(program.port, '/nothing'), 500);
      const said = program.stderr.match(/TypeError: The handler returned .*/g);
      const rest = "and no Response: return one, such as new Response('text')";
      assert.deepEqual(said, [
        `TypeError: The handler returned a value of type string, ${rest}`,
        `TypeError: The handler returned undefined, ${rest}`,
      ]);
      assert.equal((await program.end()).status, 0);
    },
    { on: onFetch },
  ),
  simple(
    'N22: process.exit() in a handler names once what it cuts',
    {},
    async (program) => {
      await fetch(`http://127.0.0.1:${program.port}/exit`).catch(() => undefined);
      assert.equal(await program.exited, 1);
      assert.equal(program.stderr.match(/http \(1 request\)/g)?.length ?? 0, program.stderr.includes('cut: ') ? 1 : 0);
      assert.match(program.stderr, /the process exits while the reactor is running/);
      assert.doesNotMatch(program.stderr, /deadline/);
    },
    { on: onFetch },
  ),
  simple(
    'D12: options of one host and handlers that are none are refused by the same words',
    {},
    async (program) => {
      const refused = program.stdout.match(/^app: refused .*$/gm);
      assert.deepEqual(refused, [
        'app: refused TypeError: The handler of serve() is string: pass a function',
        'app: refused TypeError: serve() has no option "websocket": it has port, hostname, name, needs, leadTime, drainTimeout, upgradeTimeout, onStop, probes',
        'app: refused TypeError: serve() does not know where to listen: give a port; 0 takes any free one',
      ]);
      assert.equal((await program.end()).status, 0);
    },
    { on: onFetch },
  ),
  simple('N16: event streams are ended in order, and the program is told', {}, async (program) => {
    const streams = [events(program.port), events(program.port)];
    for (const { began } of streams) await began;
    assert.equal((await program.end()).status, 0);
    for (const { ended } of streams) assert.equal(await ended, 'ended');
    assert.equal(program.stdout.split('events cancelled').length, 3);
  }),
  simple(
    'D5: Bun does not cut a handler that takes longer than idleTimeout',
    {},
    async (program) => {
      const response = await fetch(`http://127.0.0.1:${program.port}/slow`);
      assert.equal(await response.text(), 'late\n');
      assert.equal((await program.end()).status, 0);
    },
    { on: [bun], program: 'idle.mjs' },
  ),
  simple('D5‴: a client that has sent half a head does not hold the end', {}, async (program) => {
    const client = await raw(program.port, 'GET / HTTP/1.1\r\nHo');
    await wait(50);
    assert.equal((await program.end('SIGTERM', 8_000)).status, 0);
    await client.ended;
  }),
  simple('N14: 50 idle keep-alive connections do not hold the end', {}, async (program) => {
    const clients = await Promise.all(
      Array.from({ length: 50 }, () => raw(program.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')),
    );
    while (!clients.every((client) => client.answer().includes('hello'))) await wait(5);
    assert.equal((await program.end('SIGTERM', 8_000)).status, 0);
  }),
  simple('N12: probes answer, with the services where they are asked for', {}, async (program) => {
    assert.equal(await status(program.port, '/livez'), 200);
    assert.equal(await status(program.port, '/readyz'), 200);
    const text = await (await fetch(`http://127.0.0.1:${program.port}/readyz?verbose`)).text();
    assert.match(text, /^ready\n\[\+\] db: started[^]*\[\+\] http: started/);
    assert.equal(await status(program.port, '/readyz', { method: 'POST' }), 404); // the program's
  }),
  simple('N13: in the lead time it serves on, and is not ready', options({ leadTime: 600 }), async (program) => {
    const ended = program.end();
    while ((await status(program.port, '/readyz')) !== 503) await wait(5);
    assert.equal(await status(program.port, '/'), 200);
    assert.equal(await status(program.port, '/livez'), 200);
    assert.equal((await ended).status, 0);
  }),
  {
    name: 'N12: probes on a port of their own answer until all has stopped',
    run: async ({ command }) => {
      const port = await freePort();
      await withProgram({ command: command('program.mjs'), env: options({ probes: { port } }) }, async (program) => {
        assert.equal(await status(port, '/livez'), 200);
        assert.equal(await status(port, '/'), 404);
        assert.equal(await status(port, '/livez', { method: 'POST' }), 405);
        assert.equal(await status(program.port, '/livez'), 404); // the program's
        const slow = status(program.port, '/slow');
        await said(program, 'slow request');
        const ended = program.end();
        while ((await status(port, '/readyz')) !== 503) await wait(5);
        assert.equal(await slow, 200);
        assert.equal((await ended).status, 0);
      });
    },
  },
  simple(
    'a handler that throws is reported, its client gets 500, and the program goes on',
    {},
    async (program) => {
      assert.equal(await status(program.port, '/throw'), 500);
      assert.equal(await status(program.port, '/'), 200);
      assert.match(program.stderr, /broken on purpose/);
      assert.equal((await program.end()).status, 0);
    },
    { on: onFetch },
  ),
  simple(
    'N13: the server emits close once, after the last answer',
    {},
    async (program) => {
      const answer = status(program.port, '/slow');
      await said(program, 'slow request');
      assert.equal((await program.end()).status, 0);
      assert.equal(await answer, 200);
      assert.equal(program.stdout.split('the server has closed').length, 2);
    },
    { on: [serveHttp] },
  ),
  simple('C60: a restart of what it needs keeps the socket: no request is broken', {}, async (program) => {
    const clients = new Load({ port: program.port }).start();
    for (let n = 1; n <= 3; n++) {
      await clients.answers(100);
      assert.equal(await status(program.port, '/restart'), 200);
      await said(program, 'restarted', n);
    }
    const { errors, refused } = await clients.stop();
    assert.deepEqual({ errors, refused }, { errors: {}, refused: 0 });
    assert.equal(program.stdout.split('database open').length, 5);
    assert.equal((await program.end()).status, 0);
  }),
  {
    name: 'N13: a port that is taken fails the start with ListenError',
    run: async ({ command }) => {
      const taken = createServer().listen(0, '0.0.0.0');
      await once(taken, 'listening');
      try {
        const { port } = taken.address();
        const program = new Program(command('program.mjs'), port, { env: options({ hostname: '0.0.0.0' }) });
        assert.equal(await program.exited, 1);
        assert.match(program.stderr, /cannot listen on 0\.0\.0\.0:\d+ \(EADDRINUSE\): another process uses it/);
        assert.ok(program.stderr.trimEnd().split('\n').length <= 10, program.stderr); // N28
        assert.doesNotMatch(program.stderr, /^ +at /m);
        assert.match(program.stdout, /database closed/);
      } finally {
        taken.close();
      }
    },
  },
  {
    name: 'N28: without --allow-net the start fails in a few lines, with what to do',
    on: [deno],
    run: async ({ command }) => {
      const without = command('program.mjs').filter((word) => !word.startsWith('--allow-net'));
      const program = new Program(without, await freePort(), { env: options({}) });
      assert.equal(await program.exited, 1);
      assert.match(program.stderr, /cannot listen on port \d+ \(EPERM\): the program has no permission.*--allow-net/);
      assert.ok(program.stderr.trimEnd().split('\n').length <= 5, program.stderr);
      assert.doesNotMatch(program.stderr, /^ +at /m);
    },
  },
  simple(
    'D5‴: WebSockets are closed with 1001',
    {},
    async (program) => {
      const socket = new WebSocket(`ws://127.0.0.1:${program.port}/`);
      const closed = once(socket, 'close');
      await once(socket, 'open');
      await said(program, 'open');
      const { status: code } = await program.end();
      const [closedWith] = await closed;
      assert.equal(closedWith, 1_001);
      assert.equal(code, 0);
    },
    { on: [deno, bun], program: 'websockets.mjs' },
  ),
];

export const runsOn = ({ on = everywhere }, { kind }) => on.includes(kind);
