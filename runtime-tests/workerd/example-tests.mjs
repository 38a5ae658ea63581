import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/http-load.mjs';
import { root } from '../../scripts/packages.mjs';
import { endGroup, spawnGroup } from '../engines/process-groups.mjs';

/** What something of a loaded machine may take. */
const LIMIT_MS = 60_000;

/** `npm start` of examples/08-edge, on a port of its own: `{ url, printed(count), close() }`. */
async function startExample() {
  const address = `127.0.0.1:${await freePort()}`;
  const args = ['start', '--silent', '--', `--socket-addr=http=${address}`];
  const child = spawnGroup('npm', args, { cwd: join(root, 'examples', '08-edge'), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const until = async (isDone, what) => {
    const limit = AbortSignal.timeout(LIMIT_MS);
    while (!(await isDone())) {
      if (limit.aborted || child.exitCode !== null) throw new Error(`${what} never came: ${output}`);
      await sleep(20);
    }
  };
  const url = `http://${address}/`;
  const close = () => endGroup(child.pid);
  try {
    await until(() => fetch(url, { method: 'HEAD' }).then(dropBody, () => false), 'an answer');
  } catch (error) {
    close();
    throw error;
  }
  const lines = () => output.split('\n').filter(Boolean);
  /** Resolves with what has been printed since the last call, once the last of it is a line of the journal. */
  const report = async () => {
    await until(() => lines().at(-1)?.startsWith('journal: '), 'a line of the journal');
    const printed = lines();
    output = '';
    return printed;
  };
  return { url, report, close };
}

async function dropBody({ body }) {
  await body?.cancel();
  return true;
}

const pricesIn = (text) => text.match(/^data: \d+\.\d\d$/gm)?.length ?? 0;

/** What it prints of a request that has sent so many prices. */
const printedFor = (prices, kind) => ['session opened', 'session closed', `journal: ${prices} prices, ${kind}`];

const tests = [
  {
    name: 'D8: examples/08-edge sends prices until its timed call stops it, closes its session, then writes the journal',
    async run({ url, report }) {
      const prices = pricesIn(await (await fetch(url)).text());
      assert.ok(prices > 1, `${prices} prices`);
      assert.deepEqual(await report(), printedFor(prices, 'stop'));
    },
  },
  {
    name: 'D8: examples/08-edge stops when its client goes away, and closes its session all the same',
    async run({ url, report }) {
      const client = new AbortController();
      const { body } = await fetch(url, { signal: client.signal });
      await body.getReader().read();
      client.abort();
      const printed = await report();
      const [, sent] = /^journal: (\d+) /.exec(printed.at(-1));
      assert.deepEqual(printed, printedFor(sent, 'abort'));
    },
  },
];

/** examples/08-edge as its reader runs it. */
export async function runExampleTests(tally) {
  const example = await startExample();
  try {
    await example.report(); // of the request that looked whether it answers
    for (const { name, run } of tests) await tally.check(name, () => run(example));
  } finally {
    example.close();
  }
}
