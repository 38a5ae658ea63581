/** Loggers whose reader goes away: N23. */
import assert from 'node:assert/strict';
import { stoppedBy } from './notes.mjs';

/** More CPU time than a start takes, less than a busy loop takes until the deadline. Milliseconds. */
const CPU_MS = 5_000;

/** More lines than the services below log; a busy loop logs thousands. */
const LINES = 1_000;

function assertCalm({ all }) {
  for (const { line } of all) {
    const [, cpu = '0'] = /after (\d+) ms of CPU/.exec(line) ?? [];
    const [, lines = '0'] = /^lines (\d+)/.exec(line) ?? [];
    assert.ok(Number(cpu) < CPU_MS, `it took ${cpu} ms of CPU`);
    assert.ok(Number(lines) < LINES, `it logged ${lines} lines`);
  }
}

const lifeOf = ({ lives: [life = []] }) => life.filter((line) => !line.startsWith('lines'));

/** Runs the service with its stdout read for one line only; gives what it wrote to stderr after its own status. */
const intoHead = (scenario, logger) =>
  scenario.start('bash', [
    '-c',
    `${process.execPath} logging.mjs ${logger} | head -1; echo "status \${PIPESTATUS[0]}" >&2`,
  ]);

const told = (output) => output.split('\n').filter((line) => line.includes('stdout cannot be written to'));

/** With these loggers an error of stdout reaches the process. */
const loud = ['winston', 'console'].map((logger) => ({
  name: `N23: ${logger}: when the reader of stdout goes away, that is told once, and the service stops with status 1`,
  async run(scenario) {
    const started = intoHead(scenario, logger);
    await started.ended;
    assert.deepEqual(lifeOf(scenario.notes), stoppedBy('uncaught', 1));
    assert.match(started.output, /^status 1$/m);
    assert.equal(told(started.output).length, 1);
    assertCalm(scenario.notes);
  },
}));

/** Pino handles such errors itself, and stops writing. */
const silent = {
  name: 'N23: pino: when the reader of stdout goes away the service goes on, and stops at a signal',
  async run(scenario) {
    const started = intoHead(scenario, 'pino');
    await scenario.notes.until('running');
    await scenario.notes.when('a line is read', () => started.output.includes('"tick"'));
    process.kill(Number(scenario.notes.all[0].pid), 'SIGTERM');
    await started.ended;
    assert.deepEqual(lifeOf(scenario.notes), stoppedBy('SIGTERM'));
    assert.match(started.output, /^status 0$/m);
    assertCalm(scenario.notes);
  },
};

const whileStopping = [
  ['winston', 1],
  ['console', 1],
  ['pino', 0],
].map(([logger, status]) => ({
  name: `N23: ${logger}: a reader of all output that goes away while stopping does not hinder the stop; the status is ${status}`,
  async run(scenario) {
    const { notes } = scenario;
    // Long enough that the reader is gone before the stop is over.
    const started = scenario.start(process.execPath, ['logging.mjs', logger], { env: { STOP_MS: '500' } });
    await notes.until('running');
    await notes.when('a line is read', () => started.output.includes('tick'));
    started.signal('SIGTERM');
    await notes.until('stopping');
    started.stopReading();
    assert.equal(await started.ended, status);
    assert.deepEqual(lifeOf(notes), stoppedBy('SIGTERM', status));
    assertCalm(notes);
  },
}));

export const loggerTests = [...loud, silent, ...whileStopping];
