/**
 * A reactor for each request in real workerd: the conformance kit, tests of this host, and examples/08-edge.
 *
 * Run it alone with `node runtime-tests/workerd.run.mjs`; `--kit` runs only the conformance kit.
 */
import { join } from 'node:path';
import { isKitOnly, takeKit, versionOf } from './conformance/kit-results.mjs';
import { lacking, workerd } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { runExampleTests } from './workerd/example-tests.mjs';
import { startWorker } from './workerd/worker.mjs';
import { kitReport } from './workerd/kit-report.mjs';
import { runRequestTests } from './workerd/request-tests.mjs';

const reason = lacking([workerd]);
if (reason !== undefined) leaveOut(reason);

const tally = new Tally();
const report = await kitReport();
const title = 'the kit on workerd, each test in a request of its own';
await takeKit(tally, { title, runtime: 'workerd', version: versionOf(workerd), report });
if (!isKitOnly) await runWorkerdTests();
tally.close();

async function runWorkerdTests() {
  const worker = await startWorker(join(import.meta.dirname, 'conformance', 'workerd-requests.entry.mjs'));
  try {
    await runRequestTests(tally, worker);
  } finally {
    worker.close();
  }
  await runExampleTests(tally);
}
