/** A reactor for each request in real workerd: the conformance kit, and what only this host shows. */
import { join } from 'node:path';
import { lacking, workerd } from './conformance/runtimes.mjs';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { startWorker } from './workerd/worker.mjs';
import { kitReport } from './workerd/kit-report.mjs';
import { runRequestTests } from './workerd/request-tests.mjs';

const reason = lacking([workerd]);
if (reason !== undefined) leaveOut(reason);

const tally = new Tally();
tally.add('the kit on workerd, each test in a request of its own', await kitReport());
const worker = await startWorker(join(import.meta.dirname, 'conformance', 'workerd-requests.entry.mjs'));
try {
  await runRequestTests(tally, worker);
} finally {
  worker.close();
}
tally.close();
