import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnswersOverTime } from '../src/answers-over-time.ts';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'triphase-handover-test-'));
beforeAll(async () => {
  await build({
    entryPoints: ['main', 'primary', 'server-v1', 'server-v2'].map((name) =>
      join(import.meta.dirname, '..', 'src', `${name}.ts`),
    ),
    outdir: folder,
    tsconfig: join(import.meta.dirname, '..', '..', '..', 'tsconfig.test.json'), // resolves the packages to their sources
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    write: true,
    outExtension: { '.js': '.mjs' },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('H6: two versions take turns under load, and no request is broken or refused', async () => {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }) };
  const demo = spawn(process.execPath, [join(folder, 'main.mjs'), '2'], {
    env,
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [status] = (await once(demo, 'close')) as [number];
  expect(output).toMatch(/^\s+1\s+v2 .*\n\s+2\s+v1 /m);
  expect(output).toMatch(/\d+ requests answered, 0 broken, 0 refused; exit status 0\n$/);
  expect(status).toBe(0);
});

test('the plot has a row for each version, with bars where that version answered', () => {
  const now = jest.spyOn(performance, 'now');
  try {
    let at = 0;
    now.mockImplementation(() => at);
    const answers = new AnswersOverTime();
    for (at = 0; at < 1_000; at += 10) answers.add(at < 500 ? 'v1' : 'v2');
    expect(answers.plot(10)).toBe(['  v1 |█████     |', '  v2 |     █████|', '      0 s   1.0 s'].join('\n'));
  } finally {
    now.mockRestore();
  }
});
