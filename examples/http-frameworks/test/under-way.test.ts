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
  test('N18: a streamed answer is complete when the stop begins in the middle of it', async () => {
    await using program = await TestProgram.start(programs.command(framework));
    const sent = program.send('/pieces');
    sent.outgoing.end();
    await sent.hasBody();
    program.stop();

    const pieces = Array.from({ length: 10 }, (_, n) => `piece ${n + 1}\n`).join('');
    expect(await sent.answer()).toEqual({ text: `200 ${pieces}`, isComplete: true });
    expect(await program.ended()).toEqual({ status: 0, stderr: '' });
  });

  test('N18: a request is answered when its body arrives slowly during the stop', async () => {
    await using program = await TestProgram.start(programs.command(framework));
    const parts = ['{"text":"', ...Array.from({ length: 5 }, () => 'x'.repeat(1_000)), '"}'];
    const headers = { 'content-type': 'application/json', 'content-length': parts.join('').length };
    const sent = program.send('/upload', { method: 'POST', headers });
    sent.outgoing.write(parts[0]);
    await program.prints('request POST /upload');
    program.stop();
    await program.refusesConnections();
    for (const part of parts.slice(1)) {
      await sleep(50);
      sent.outgoing.write(part);
    }
    sent.outgoing.end();

    expect(await sent.answer()).toEqual({ text: '200 {"length":5000}', isComplete: true });
    expect(await program.ended()).toEqual({ status: 0, stderr: '' });
  });

  test('N16: a stop completes an event stream, and the program notices its end', async () => {
    await using program = await TestProgram.start(programs.command(framework));
    const sent = program.send('/events');
    sent.outgoing.end();
    await sent.hasBody();
    program.stop();

    const { text, isComplete } = await sent.answer();
    expect({ isComplete, begins: text.slice(0, 4) }).toEqual({ isComplete: true, begins: '200 ' });
    expect(text).toMatch(/^data: \d\n/m);
    await program.prints('events over');
    expect(await program.ended()).toEqual({ status: 0, stderr: '' });
  });
});
