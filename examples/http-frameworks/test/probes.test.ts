import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Bundles, FRAMEWORKS } from './bundle.ts';
import { TestProgram } from './test-program.ts';

jest.setTimeout(60_000);

let programs: Bundles;

beforeAll(async () => {
  programs = await Bundles.of('test/programs');
});

afterAll(() => programs[Symbol.asyncDispose]());

test.each(FRAMEWORKS)('N12: serveHttp answers the probes, and %s gets all other requests', async (framework) => {
  await using program = await TestProgram.start(programs.command(framework));
  const answers: Record<string, string> = {};
  for (const path of ['/readyz', '/livez', '/readyz?verbose', '/nothing'])
    answers[path] = (await program.get(path)).text;
  const posted = await program.get('/readyz', { method: 'POST' });

  expect(answers).toEqual({
    '/readyz': '200 ready\n',
    '/livez': '200 live\n',
    '/readyz?verbose': expect.stringMatching(/^200 ready\n\[\+\] http: started for /),
    '/nothing': '404 no such page',
  });
  expect(posted.text).toBe('404 no such page');
  expect(await program.end()).toEqual({ status: 0, stderr: '' });
  // All of the output has arrived only after the end of the process.
  expect(program.requests).toEqual(['GET /nothing', 'POST /readyz']);
});
