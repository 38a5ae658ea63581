/** What a stop does to pending requests, streams and connections. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Load } from '../../scripts/http-load.mjs';
import { events, raw, upload } from './clients.mjs';
import { bun, deno, serveHttp, serviceTest, status, untilPrinted } from './test-cases.mjs';

export const stopTests = [
  serviceTest('N14, N18: a stop answers 10 pending requests, then closes the database', {}, async (program) => {
    const answers = Array.from({ length: 10 }, () => status(program.port, '/slow'));
    await untilPrinted(program, 'slow request', 10);
    assert.equal((await program.end()).status, 0);
    assert.deepEqual(new Set(await Promise.all(answers)), new Set([200]));
    assert.match(program.stdout, /database closed/);
  }),
  serviceTest('N13: a stop waits for request bodies that are still arriving', {}, async (program) => {
    const clients = Array.from({ length: 10 }, () => upload(program.port, 'a'.repeat(1_000), 2_000));
    await untilPrinted(program, 'upload', 10);
    const ended = program.end();
    await wait(400); // a stop first holds new requests back for a moment; this is longer
    const answers = await Promise.all(clients.map((client) => client.rest('b'.repeat(1_000))));
    for (const answer of answers) assert.deepEqual(answer, { status: 200, text: '2000' });
    assert.equal((await ended).status, 0);
  }),
  serviceTest('N16: a stop completes event streams, and the program notices it', {}, async (program) => {
    const streams = [events(program.port), events(program.port)];
    for (const { began } of streams) await began;
    assert.equal((await program.end()).status, 0);
    for (const { ended } of streams) assert.equal(await ended, 'ended');
    assert.equal(program.stdout.split('events cancelled').length, 3);
  }),
  serviceTest(
    'D5: Bun does not cut a request whose handler takes longer than idleTimeout',
    {},
    async (program) => {
      const response = await fetch(`http://127.0.0.1:${program.port}/slow`);
      assert.equal(await response.text(), 'late\n');
      assert.equal((await program.end()).status, 0);
    },
    { on: [bun], program: 'idle.mjs' },
  ),
  serviceTest('N13: a client that has sent half of the headers does not delay the end', {}, async (program) => {
    const client = await raw(program.port, 'GET / HTTP/1.1\r\nHo');
    await wait(50);
    assert.equal((await program.end('SIGTERM', 8_000)).status, 0);
    await client.ended;
  }),
  serviceTest('N14: 50 idle keep-alive connections do not delay the end', {}, async (program) => {
    const clients = await Promise.all(
      Array.from({ length: 50 }, () => raw(program.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')),
    );
    while (!clients.every((client) => client.answer().includes('hello'))) await wait(5);
    assert.equal((await program.end('SIGTERM', 8_000)).status, 0);
  }),
  serviceTest(
    'N13: the server emits close once, after the last answer',
    {},
    async (program) => {
      const answer = status(program.port, '/slow');
      await untilPrinted(program, 'slow request');
      assert.equal((await program.end()).status, 0);
      assert.equal(await answer, 200);
      assert.equal(program.stdout.split('the server has closed').length, 2);
    },
    { on: [serveHttp] },
  ),
  serviceTest('C60: a restart of the database keeps the socket and breaks no request', {}, async (program) => {
    const clients = new Load({ port: program.port }).start();
    for (let n = 1; n <= 3; n++) {
      await clients.answers(100);
      assert.equal(await status(program.port, '/restart'), 200);
      await untilPrinted(program, 'restarted', n);
    }
    const { errors, refused } = await clients.stop();
    assert.deepEqual({ errors, refused }, { errors: {}, refused: 0 });
    assert.equal(program.stdout.split('database open').length, 5);
    assert.equal((await program.end()).status, 0);
  }),
  serviceTest(
    'N16: a stop closes WebSockets with 1001',
    {},
    async (program) => {
      const socket = new WebSocket(`ws://127.0.0.1:${program.port}/`);
      const closed = once(socket, 'close');
      await once(socket, 'open');
      await untilPrinted(program, 'open');
      const { status: code } = await program.end();
      const [closedWith] = await closed;
      assert.equal(closedWith, 1_001);
      assert.equal(code, 0);
    },
    { on: [deno, bun], program: 'websockets.mjs' },
  ),
];
