/**
 * A worker thread that `one-process.mjs` starts. A test that has used more CPU time than its limit loops forever. The thread then writes a file with
 * the number of the mutant in its name, and kills the process. Stryker tries the mutant again in a new process, which finds the file.
 */
import { writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { watched, hangs } = workerData;
let [test] = watched;
let start = process.cpuUsage();

setInterval(() => {
  const [current, limit, mutant] = watched;
  if (current !== test) {
    test = current;
    start = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(start);
  if (limit === 0 || user + system < 1_000 * limit) return;
  writeFileSync(`${hangs}${mutant}`, '');
  process.kill(process.pid, 'SIGKILL');
}, 200);
