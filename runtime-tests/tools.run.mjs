/**
 * Services on this Node under the tools that people run them with: PM2, nodemon, tsx, npm, test runners and loggers, in real processes and terminals.
 *
 * Run it alone with `node runtime-tests/tools.run.mjs`, after `npm run build`; its argument is a part of the names of tests, such as `PM2`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveOut, Tally } from './conformance/tally.mjs';
import { domTests } from './tools/doms.mjs';
import { lackingTools, makeProject } from './tools/make-project.mjs';
import { runnerTests } from './tools/runners.mjs';
import { Scenario } from './tools/scenario.mjs';
import { loggerTests } from './tools/loggers.mjs';
import { pm2Tests } from './tools/pm2.mjs';
import { watcherTests } from './tools/watchers.mjs';

const reason = lackingTools();
if (reason !== undefined) leaveOut(reason);

/** Number of tests that run at the same time. */
const AT_ONCE = 2;

const tally = new Tally();
const project = mkdtempSync(join(tmpdir(), 'triphase-tools-'));
const wanted = process.argv[2];

async function test({ name, run }) {
  const scenario = new Scenario(project);
  try {
    await tally.check(name, async () => {
      try {
        await run(scenario);
      } catch (error) {
        error.stack = `${error.message}\n${scenario}`;
        throw error;
      }
    });
  } finally {
    scenario[Symbol.dispose]();
  }
}

try {
  await makeProject(project);
  const tests = [...runnerTests, ...domTests, ...pm2Tests, ...watcherTests, ...loggerTests];
  const queue = tests.filter(({ name }) => wanted === undefined || name.includes(wanted));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await test(next);
  };
  // Tests with `isIdle` only wait, so they run beside the others.
  const idle = queue.filter(({ isIdle }) => isIdle);
  for (const one of idle) queue.splice(queue.indexOf(one), 1);
  await Promise.all([...idle.map(test), ...Array.from({ length: AT_ONCE }, worker)]);
} finally {
  // A process that is ending, such as a daemon, may still write into the folder.
  rmSync(project, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
tally.close();
