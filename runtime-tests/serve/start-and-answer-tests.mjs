/** Starts that fail, probes, and handlers with mistakes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, Program } from '../../scripts/http-load.mjs';
import { deno, optionsOf, SERVE_HOSTS, serviceTest, status, untilPrinted, withProgram } from './test-cases.mjs';

export const startAndAnswerTests = [
  serviceTest(
    'D13: a handler that returns no Response is reported, and its client gets 500',
    {},
    async (program) => {
      assert.equal(await status(program.port, '/text'), 500);
      assert.equal(await status(program.port, '/nothing'), 500);
      const errors = program.stderr.match(/TypeError: The handler returned .*/g);
      const rest = "and no Response: return one, such as new Response('text')";
      assert.deepEqual(errors, [
        `TypeError: The handler returned a value of type string, ${rest}`,
        `TypeError: The handler returned undefined, ${rest}`,
      ]);
      assert.equal((await program.end()).status, 0);
    },
    { on: SERVE_HOSTS },
  ),
  serviceTest(
    'D12: options of one host and handlers that are no function throw the same errors on each host',
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
    { on: SERVE_HOSTS },
  ),
  serviceTest('N12: probes answer, and with ?verbose they list the services', {}, async (program) => {
    assert.equal(await status(program.port, '/livez'), 200);
    assert.equal(await status(program.port, '/readyz'), 200);
    const text = await (await fetch(`http://127.0.0.1:${program.port}/readyz?verbose`)).text();
    assert.match(text, /^ready\n\[\+\] db: started[^]*\[\+\] http: started/);
    assert.equal(await status(program.port, '/readyz', { method: 'POST' }), 404); // the program's
  }),
  serviceTest(
    'N13: during the lead time requests are answered and /readyz is 503',
    optionsOf({ leadTime: 600 }),
    async (program) => {
      const ended = program.end();
      while ((await status(program.port, '/readyz')) !== 503) await wait(5);
      assert.equal(await status(program.port, '/'), 200);
      assert.equal(await status(program.port, '/livez'), 200);
      assert.equal((await ended).status, 0);
    },
  ),
  {
    name: 'N12: probes on a port of their own answer until the last request is answered',
    run: async ({ command }) => {
      const port = await freePort();
      await withProgram({ command: command('program.mjs'), env: optionsOf({ probes: { port } }) }, async (program) => {
        assert.equal(await status(port, '/livez'), 200);
        assert.equal(await status(port, '/'), 404);
        assert.equal(await status(port, '/livez', { method: 'POST' }), 405);
        assert.equal(await status(program.port, '/livez'), 404); // the program's
        const slow = status(program.port, '/slow');
        await untilPrinted(program, 'slow request');
        const ended = program.end();
        while ((await status(port, '/readyz')) !== 503) await wait(5);
        assert.equal(await slow, 200);
        assert.equal((await ended).status, 0);
      });
    },
  },
  serviceTest(
    'a handler that throws is reported, its client gets 500, and the program goes on',
    {},
    async (program) => {
      assert.equal(await status(program.port, '/throw'), 500);
      assert.equal(await status(program.port, '/'), 200);
      assert.match(program.stderr, /broken on purpose/);
      assert.equal((await program.end()).status, 0);
    },
    { on: SERVE_HOSTS },
  ),
  {
    name: 'N13: on a port in use the start fails with ListenError',
    run: async ({ command }) => {
      const taken = createServer().listen(0, '0.0.0.0');
      await once(taken, 'listening');
      try {
        const { port } = taken.address();
        const program = new Program(command('program.mjs'), port, { env: optionsOf({ hostname: '0.0.0.0' }) });
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
    name: 'N28: without --allow-net the start fails, and a few lines say what to do',
    on: [deno],
    run: async ({ command }) => {
      const without = command('program.mjs').filter((word) => !word.startsWith('--allow-net'));
      const program = new Program(without, await freePort(), { env: optionsOf({}) });
      assert.equal(await program.exited, 1);
      assert.match(program.stderr, /cannot listen on port \d+ \(EPERM\): the program has no permission.*--allow-net/);
      assert.ok(program.stderr.trimEnd().split('\n').length <= 5, program.stderr);
      assert.doesNotMatch(program.stderr, /^ +at /m);
    },
  },
];
