/**
 * `npm test`: builds, then runs jest and at the same time the stages, one after another. Prints a table of the stages and the number of tests.
 * It installs nothing; `npm run setup` does. With arguments it runs only jest, with these arguments: `npm test -- core -t C12`.
 *
 * A stage is a file runtime-tests/<name>.run.mjs. It exits with 0 if it passed, 1 if it failed, and 77 if this machine can't run it. With 77 its
 * last line on stdout says why; in continuous integration that is a failure. The line `N passed, N failed, N skipped` has the number of its
 * tests. Without such a line the stage counts as one test.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inCI, run, seconds } from './command.mjs';
import { root } from './packages.mjs';

/** The exit status of a stage that this machine can't run. */
const LEFT_OUT = 77;
/** A stage, or jest, that takes longer is killed. Milliseconds. */
const LIMIT_MS = 25 * 60_000;
/** On two cores jest runs all files in one process, and frees little of what a file has loaded: about 16 MB a file. */
const HEAP = '--max-old-space-size=8192';

/** Runs jest. Returns `{ outcome, tests }`. */
async function jest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-jest-'));
  const report = join(folder, 'report.json');
  try {
    const { code } = await run(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        HEAP,
        join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
        ...args,
        '--json',
        `--outputFile=${report}`,
      ],
      { terminal: true, limitMs: LIMIT_MS },
    );
    if (!existsSync(report)) return { outcome: 'failed', tests: { passed: 0, failed: 1, skipped: 0 } };
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const tests = {
      passed: result.numPassedTests,
      // Jest counts no failed test for a test file that it can't load.
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    };
    // Jest also fails without a failed test: below a coverage threshold, or if it finds no test.
    if (code !== 0 && tests.failed === 0) tests.failed = 1;
    return { outcome: code === 0 ? 'passed' : 'failed', tests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one file of runtime-tests. Returns `{ outcome, reason, tests, output }`. */
async function stage(file) {
  const { code, output } = await run(process.execPath, [file], { limitMs: LIMIT_MS });
  const lines = output.trim().split('\n');
  const counted = lines
    .map((line) => /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line.trim()))
    .findLast(Boolean);
  const tests = counted
    ? { passed: Number(counted[1]), failed: Number(counted[2]), skipped: Number(counted[3] ?? 0) }
    : { passed: 0, failed: 0, skipped: 0 };
  if (code === LEFT_OUT) {
    const reason = lines.at(-1);
    if (inCI)
      return {
        outcome: 'failed',
        reason: `left out: ${reason}`,
        tests: { ...tests, failed: tests.failed + 1 },
        output,
      };
    return { outcome: 'left out', reason, tests: { ...tests, skipped: tests.skipped + 1 }, output };
  }
  if (!counted) tests[code === 0 ? 'passed' : 'failed'] = 1;
  else if (code !== 0 && tests.failed === 0) tests.failed = 1;
  return { outcome: code === 0 ? 'passed' : 'failed', tests, output };
}

async function build() {
  const { code, output } = await run(process.execPath, [join(import.meta.dirname, 'build.mjs')]);
  const tests = { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  return { outcome: code === 0 ? 'passed' : 'failed', tests, output };
}

function runtimeStages() {
  const folder = join(root, 'runtime-tests');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.run.mjs')) : [];
  return files.sort().map((file) => ({ name: file.replace('.run.mjs', ''), start: () => stage(join(folder, file)) }));
}

const results = [];

/** Runs stages one after another. Prints the output of a stage at its end; jest prints its own output while it runs. */
async function runInTurn(stages) {
  for (const { name, start } of stages) {
    const since = performance.now();
    const { output = '', ...result } = await start();
    const time = seconds(since);
    results.push({ name, ...result, time });
    console.log(`\n── ${name}, ${time} ──\n${output}`);
  }
}

const args = process.argv.slice(2);
const jestStage = { name: 'jest', start: () => jest(args) };
if (args.length > 0) {
  results.push({ name: 'jest', ...(await jest(args)) });
} else {
  // The runtime tests, and programs that tests start, load the built packages.
  await runInTurn([{ name: 'build', start: build }]);
  // At the same time: jest has one worker on two cores, and the other stages mostly wait.
  await Promise.all([runInTurn([jestStage]), runInTurn(runtimeStages())]);
}

if (results.length > 1) {
  console.log('\n── stages ──');
  for (const { name, outcome, reason, time } of results) {
    console.log(`${name.padEnd(16)} ${outcome.padEnd(8)} ${time.padStart(8)}${reason ? `  (${reason})` : ''}`);
  }
}
const sum = (kind) => results.reduce((total, { tests }) => total + tests[kind], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
