/** examples/08-edge on workerd, started by `npm start`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { freePort } from '../../scripts/http-load.mjs';
import { root } from '../../scripts/packages.mjs';
import { startNpmServer } from '../npm-server.mjs';

/** Runs `npm start` of examples/08-edge on a free port. */
async function startExample() {
  const address = `127.0.0.1:${await freePort()}`;
  const args = ['start', '--silent', '--', `--socket-addr=http=${address}`];
  const { url, lines, clear, until, close } = await startNpmServer({
    cwd: join(root, 'examples', '08-edge'),
    args,
    address,
  });
  /** Waits for the line of the journal. Resolves with all lines since the last call. */
  const report = async () => {
    await until(() => lines().at(-1)?.startsWith('journal: '), 'a line of the journal');
    const printed = lines();
    clear();
    return printed;
  };
  return { url, report, close };
}

const pricesIn = (text) => text.match(/^data: \d+\.\d\d$/gm)?.length ?? 0;

/** The lines for a request that has sent this number of prices. */
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
    name: 'D8: examples/08-edge stops when its client disconnects, and still closes its session',
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

export async function runExampleTests(tally) {
  const example = await startExample();
  try {
    await example.report(); // the lines of the request that waited for the server
    for (const { name, run } of tests) await tally.check(name, () => run(example));
  } finally {
    example.close();
  }
}
