/** Requests that a stop cuts, or does not wait for. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { raw } from './clients.mjs';
import {
  bun,
  deno,
  node,
  optionsOf,
  SERVE_HOSTS,
  serveHttp,
  serviceTest,
  status,
  untilPrinted,
} from './test-cases.mjs';

export const cutTests = [
  serviceTest(
    'N17: after drainTimeout a request is answered with 503, named, its signal aborts, and the status is 1',
    optionsOf({ drainTimeout: 200 }),
    async (program) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await untilPrinted(program, 'hangs');
      const { status: code } = await program.end();
      assert.match(await (await answer).ended, /^HTTP\/1\.1 503 [^]*connection: close/i);
      assert.match(program.stdout, /aborted with ERR_TRIPHASE_REQUEST_CUT/);
      assert.match(program.stderr, /cut 1 request after drainTimeout: GET \/hang/);
      assert.doesNotMatch(program.stderr, /service "http GET/);
      assert.equal(code, 1);
    },
    { on: [deno, bun] },
  ),
  serviceTest(
    'N5, N17: on a second signal a request is answered with 503 and named, and the status is that of the signal',
    {},
    async (program) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await untilPrinted(program, 'hangs');
      program.child.kill('SIGTERM');
      await wait(300); // a signal within 200 ms counts as a repeat
      const { status: code } = await program.end();
      assert.match(await (await answer).ended, /^HTTP\/1\.1 503 [^]*connection: close/i);
      assert.match(program.stderr, /cut 1 request when SIGTERM came again: GET \/hang/);
      assert.equal(code, 143);
    },
    { on: [deno, bun] },
  ),
  serviceTest(
    'N17, D5: after drainTimeout node:http cuts the connection; on Bun the client gets 503',
    optionsOf({ drainTimeout: 200 }),
    async (program) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await untilPrinted(program, 'hangs');
      const { status: code } = await program.end();
      // Bun answers 503, since it would send the headers of a 200 when the answer is destroyed.
      assert.match(await (await answer).ended, program.child.spawnfile.endsWith('bun') ? /^HTTP\/1\.1 503 / : /^$/);
      assert.match(program.stdout, /aborted with ERR_TRIPHASE_REQUEST_CUT/);
      assert.match(program.stderr, /cut 1 request after drainTimeout: GET \/hang/);
      assert.doesNotMatch(program.stderr, /service "http GET/);
      assert.equal(code, 1);
    },
    { on: [node, serveHttp] },
  ),
  serviceTest(
    'N17: at the limit of the phase a request is cut in the same way, and the process ends',
    { LIMITS: JSON.stringify({ deadline: 1_500, during: 300 }) },
    async (program, kind) => {
      const answer = raw(program.port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
      await untilPrinted(program, 'hangs');
      const { status: code } = await program.end();
      const got = await (await answer).ended;
      if (kind === deno || kind === bun) assert.match(got, /^HTTP\/1\.1 503 /);
      assert.match(program.stderr, /cut 1 request at the limit of the phase: GET \/hang/);
      assert.match(program.stdout, /database closed/);
      assert.equal(code, 124);
    },
  ),
  serviceTest(
    'N17: a stop does not wait for the answer to a client that has disconnected; on Deno only if the handler uses requestSignal',
    {},
    async (program, host) => {
      for (const path of host === deno ? ['/watches'] : ['/never', '/watches']) {
        const client = await raw(program.port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        await untilPrinted(program, path);
        client.leave();
      }
      assert.equal(await status(program.port, '/watched'), 200);
      await untilPrinted(program, 'left');
      assert.equal((await program.end('SIGTERM', 15_000)).status, 0);
      // Deno prints this warning once in a process.
      const ofDeno = /^Deno\.serve: request\.signal aborts on successful responses .*$/m;
      assert.equal(program.stderr.replace(ofDeno, '').trim(), '');
    },
    { on: SERVE_HOSTS },
  ),
  serviceTest(
    'N22: process.exit() in a handler cuts a request and names it once, on hosts that name what is cut',
    {},
    async (program) => {
      await fetch(`http://127.0.0.1:${program.port}/exit`).catch(() => undefined);
      assert.equal(await program.exited, 1);
      // Only some hosts print what the exit has cut. Then the request is named, and only once.
      assert.equal(program.stderr.match(/http \(1 request\)/g)?.length ?? 0, program.stderr.includes('cut: ') ? 1 : 0);
      assert.match(program.stderr, /the process exits while the reactor is running/);
      assert.doesNotMatch(program.stderr, /deadline/);
    },
    { on: SERVE_HOSTS },
  ),
];
