/** Loggers when the reader of stdout closes the pipe (N23). */
import assert from 'node:assert/strict';
import { stoppedBy } from './notes.mjs';

/** More CPU time than a start needs, and less than a busy loop would take until the deadline. Milliseconds. */
const MAX_CPU_MS = 5_000;

/** More lines than the services below log; a busy loop would log thousands. */
const MAX_LINES = 1_000;

/** No process has logged its own write errors in a busy loop. */
function assertNoBusyLoop({ all }) {
  for (const { line } of all) {
    const [, cpu = '0'] = /after (\d+) ms of CPU/.exec(line) ?? [];
    const [, lines = '0'] = /^lines (\d+)/.exec(line) ?? [];
    assert.ok(Number(cpu) < MAX_CPU_MS, `it took ${cpu} ms of CPU`);
    assert.ok(Number(lines) < MAX_LINES, `it logged ${lines} lines`);
  }
}

/** The notes of the only process, without its number of lines. */
const notesOf = ({ byProcess: [notes = []] }) => notes.filter((line) => !line.startsWith('lines'));

/** Runs the service with a reader that closes the pipe after one line. Its output is stderr of the service, and its exit status. */
const pipeIntoHead = (scenario, logger) =>
  scenario.start('bash', [
    '-c',
    `${process.execPath} logging.mjs ${logger} | head -1; echo "status \${PIPESTATUS[0]}" >&2`,
  ]);

const reportLines = (output) => output.split('\n').filter((line) => line.includes('stdout cannot be written to'));

/** With these loggers a write error of stdout reaches the process. */
const failing = ['winston', 'console'].map((logger) => ({
  name: `N23: ${logger}: when the reader of stdout closes the pipe, that is reported once, and the service stops with status 1`,
  async run(scenario) {
    const started = pipeIntoHead(scenario, logger);
    await started.ended;
    assert.deepEqual(notesOf(scenario.notes), stoppedBy('uncaught', 1));
    assert.match(started.output, /^status 1$/m);
    assert.equal(reportLines(started.output).length, 1);
    assertNoBusyLoop(scenario.notes);
  },
}));

/** Pino handles write errors itself, and stops writing. */
const goingOn = {
  name: 'N23: pino: when the reader of stdout closes the pipe, the service goes on, and a signal stops it',
  async run(scenario) {
    const started = pipeIntoHead(scenario, 'pino');
    await scenario.notes.until('running');
    await scenario.notes.when('a line is read', () => started.output.includes('"tick"'));
    process.kill(Number(scenario.notes.all[0].pid), 'SIGTERM');
    await started.ended;
    assert.deepEqual(notesOf(scenario.notes), stoppedBy('SIGTERM'));
    assert.match(started.output, /^status 0$/m);
    assertNoBusyLoop(scenario.notes);
  },
};

const whileStopping = [
  { logger: 'winston', status: 1 },
  { logger: 'console', status: 1 },
  { logger: 'pino', status: 0 },
].map(({ logger, status }) => ({
  name: `N23: ${logger}: a reader that closes the pipes during the stop does not disturb the stop; the status is ${status}`,
  async run(scenario) {
    const { notes } = scenario;
    // The stop takes long enough for the pipes to be closed before its end.
    const started = scenario.start(process.execPath, ['logging.mjs', logger], { env: { STOP_MS: '500' } });
    await notes.until('running');
    await notes.when('a line is read', () => started.output.includes('tick'));
    started.signal('SIGTERM');
    await notes.until('stopping');
    started.stopReading();
    assert.equal(await started.ended, status);
    assert.deepEqual(notesOf(notes), stoppedBy('SIGTERM', status));
    assertNoBusyLoop(notes);
  },
}));

export const loggerTests = [...failing, goingOn, ...whileStopping];
