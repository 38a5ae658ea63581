/**
 * A thread beside the tests: a test that uses far more time of the processor than it should never ends. Then it notes the mutant, and kills
 * the process; Stryker tries the mutant in a new one, which finds the note.
 */
import { writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { state, note } = workerData;
let [test] = state;
let start = process.cpuUsage();

setInterval(() => {
  const [current, limit, mutant] = state;
  if (current !== test) {
    test = current;
    start = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(start);
  if (limit === 0 || user + system < 1_000 * limit) return;
  writeFileSync(`${note}${mutant}`, '');
  process.kill(process.pid, 'SIGKILL');
}, 200);
