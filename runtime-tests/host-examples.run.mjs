/**
 * examples/09-deno on Deno and examples/10-bun on Bun, stopped under load: no request breaks, and no acknowledged number is lost.
 *
 * Run it alone with `node runtime-tests/host-examples.run.mjs`, after `npm run build`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../scripts/command.mjs';
import { stopUnderLoad } from '../scripts/http-load.mjs';
import { root } from '../scripts/packages.mjs';
import { bun, deno, lacking } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';

const reason = lacking([deno, bun]);
if (reason !== undefined) leaveOut(reason);

/** Runs the scripts `prestart` and `start` of the example. `lastLine` finds the two numbers in its last line. */
async function check(example, file, lastLine) {
  const cwd = join(root, 'examples', example);
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const { code, output } = await run('npm', ['run', 'prestart', '--silent'], { cwd });
  assert.equal(code, 0, output);
  let sent = 0;
  const command = ['sh', '-c', `${scripts.start} ${file}`];
  const { broken, errors, status, stdout, stderr, answered } = await stopUnderLoad(command, {
    cwd,
    body: () => String(sent++),
  });
  assert.deepEqual({ broken, errors, status, stderr }, { broken: 0, errors: {}, status: 0, stderr: '' });
  const [, acknowledged, stored] = lastLine.exec(stdout.trim().split('\n').at(-1));
  assert.deepEqual({ acknowledged, stored }, { acknowledged: String(answered), stored: String(answered) });
}

const folder = mkdtempSync(join(tmpdir(), 'triphase-host-examples-'));
const tally = new Tally();
try {
  await tally.check(
    'N15: examples/09-deno, stopped under load, breaks no request and has stored each acknowledged number',
    () => check('09-deno', join(folder, 'numbers.txt'), /^acknowledged (\d+), the file has (\d+) lines$/),
  );
  await tally.check(
    'N15: examples/10-bun, stopped under load, breaks no request and has stored each acknowledged number',
    () => check('10-bun', join(folder, 'numbers.sqlite'), /^acknowledged (\d+), the table has (\d+) rows$/),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
tally.close();
