import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Bundles, FRAMEWORKS } from './bundle.ts';
import { TestProgram } from './test-program.ts';

jest.setTimeout(60_000);

let programs: Bundles;

beforeAll(async () => {
  programs = await Bundles.of('test/programs');
});

afterAll(() => programs[Symbol.asyncDispose]());

test.each(FRAMEWORKS)('N12: probes are answered and never reach %s, which answers its own 404s', async (framework) => {
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
  // Only now all of its output is here.
  expect(program.requests).toEqual(['GET /nothing', 'POST /readyz']);
});
