// A test starts and stops a ManualReactor and moves its clock. So a test of a shutdown waits for no real time.
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its tests itself */
import { sleep } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from './outbox.ts';

test('a letter goes out within five seconds', async () => {
  const reactor = new ManualReactor();
  const sent: string[][] = [];
  const outbox = new Outbox(reactor, (letters) => sent.push(letters));
  await reactor.start();
  outbox.post('hello');
  await reactor.advanceAsync(4_999);
  assert.deepEqual(sent, []);
  await reactor.advanceAsync(1);
  assert.deepEqual(sent, [['hello']]);
  await reactor.finish();
});

test('a stop sends the letters that are left, and refuses new ones', async () => {
  const reactor = new ManualReactor();
  const sent: string[][] = [];
  const outbox = new Outbox(reactor, async (letters) => {
    await sleep(reactor, 2_000); // a slow send: two seconds of virtual time
    sent.push(letters);
  });
  await reactor.start();
  outbox.post('hello');
  const result = await reactor.finish();
  assert.deepEqual(sent, [['hello']]);
  assert.deepEqual(result.errors, []);
  assert.equal(reactor.now(), 2_000);
  assert.throws(() => outbox.post('too late'), /closed/);
});

test('a stop waits for a batch that is being sent', async () => {
  const reactor = new ManualReactor();
  const sent: string[][] = [];
  const outbox = new Outbox(reactor, async (letters) => {
    await sleep(reactor, 2_000);
    sent.push(letters);
  });
  await reactor.start();
  outbox.post('hello');
  await reactor.advanceAsync(5_000);
  const result = await reactor.finish();
  assert.deepEqual(sent, [['hello']]);
  assert.deepEqual(result.errors, []);
  assert.equal(reactor.now(), 7_000);
});

test('a stop ends at its deadline when a send hangs', async () => {
  const reactor = new ManualReactor({ limits: { shutdown: { deadline: 10_000 } }, onError: () => undefined });
  const outbox = new Outbox(reactor, () => new Promise(() => undefined));
  await reactor.start();
  outbox.post('hello');
  const result = await reactor.finish();
  assert.equal(reactor.now(), 10_000);
  assert.deepEqual(
    result.shutdown?.abandoned.map(({ name }) => name),
    ['shutdown.during#1'],
  );
});
