import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bundles, FRAMEWORKS } from './bundle.ts';
import { TestProgram } from './test-program.ts';

jest.setTimeout(60_000);

let programs: Bundles;

beforeAll(async () => {
  programs = await Bundles.of('test/programs');
});

afterAll(() => programs[Symbol.asyncDispose]());

describe.each(FRAMEWORKS)('%s', (framework) => {
  test('N18: a streamed answer that is under way when the stop begins is complete', async () => {
    await using program = await TestProgram.start(programs.command(framework));
    const sent = program.send('/pieces');
    sent.outgoing.end();
    await sent.begun();
    program.signal();

    const pieces = Array.from({ length: 10 }, (_, n) => `piece ${n + 1}\n`).join('');
    expect(await sent.answer()).toEqual({ text: `200 ${pieces}`, isComplete: true });
    expect(await program.ended()).toEqual({ status: 0, stderr: '' });
  });

  test('N18: a request whose body arrives slowly during the stop is answered', async () => {
    await using program = await TestProgram.start(programs.command(framework));
    const parts = ['{"text":"', ...Array.from({ length: 5 }, () => 'x'.repeat(1_000)), '"}'];
    const headers = { 'content-type': 'application/json', 'content-length': parts.join('').length };
    const sent = program.send('/upload', { method: 'POST', headers });
    sent.outgoing.write(parts[0]);
    await program.prints('request POST /upload');
    program.signal();
    await program.refuses();
    for (const part of parts.slice(1)) {
      await sleep(50);
      sent.outgoing.write(part);
    }
    sent.outgoing.end();

    expect(await sent.answer()).toEqual({ text: '200 {"length":5000}', isComplete: true });
    expect(await program.ended()).toEqual({ status: 0, stderr: '' });
  });

  test('N16: an event stream is ended in order, and the program hears that it is over', async () => {
    await using program = await TestProgram.start(programs.command(framework));
    const sent = program.send('/events');
    sent.outgoing.end();
    await sent.begun();
    program.signal();

    const { text, isComplete } = await sent.answer();
    expect({ isComplete, begins: text.slice(0, 4) }).toEqual({ isComplete: true, begins: '200 ' });
    expect(text).toMatch(/^data: \d\n/m);
    await program.prints('events over');
    expect(await program.ended()).toEqual({ status: 0, stderr: '' });
  });
});
