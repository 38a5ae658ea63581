/** Tools that restart a service when a file changes, and tools that start a service in a terminal. */
import assert from 'node:assert/strict';
import { cpSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { stoppedBy } from './notes.mjs';

/** For each watcher, the command that starts a service, and the signal that stops the service for a restart. */
const watchers = [
  // Without an npm script the reactor recognises nodemon by the variable `_`, which bash and zsh set, but sh does not.
  { name: 'nodemon', command: (tool, file) => `bash -c '${tool('nodemon')} --quiet ${file}; true'`, by: 'SIGUSR2' },
  { name: 'npx nodemon', command: (_tool, file) => `npx nodemon --quiet ${file}`, by: 'SIGUSR2' },
  {
    name: 'nodemon --signal SIGTERM',
    command: (tool, file) => `${tool('nodemon')} --quiet --signal SIGTERM ${file}`,
    by: 'SIGTERM',
  },
  { name: 'tsx watch', service: 'service.mts', command: (tool, file) => `${tool('tsx')} watch ${file}`, by: 'SIGTERM' },
  { name: 'node --watch', command: (_tool, file) => `${process.execPath} --watch ${file}`, by: 'SIGTERM' },
];

/** Copies the service, so that the test can change the copy. */
function copyOf(scenario, service) {
  for (const file of [service, 'notes.mjs']) cpSync(join(scenario.project, file), join(scenario.folder, file));
  return join(scenario.folder, service);
}

const restarts = watchers.map(({ name, service = 'service.mjs', command, by }) => ({
  name: `N4: ${name}: a restart and Ctrl-C each stop the service once and completely, and all processes end`,
  async run(scenario) {
    const file = copyOf(scenario, service);
    const { notes } = scenario;
    const terminal = scenario.terminal(command((tool) => scenario.tool(tool), file));
    await notes.until('running');
    appendFileSync(file, '\n');
    await notes.until('running', 2);
    terminal.pressCtrlC();
    await terminal.ended;
    await notes.untilEnded(2);
    const [first, second] = notes.byProcess;
    // On Ctrl-C the service gets SIGINT from the terminal, and SIGINT or the signal for a restart from the watcher, in any order.
    const stopSignal = second[1] === stoppedBy(by)[1] ? by : 'SIGINT';
    assert.deepEqual([first, second, notes.byProcess.length], [stoppedBy(by), stoppedBy(stopSignal), 2]);
  },
}));

/** Tools that run a service in a terminal and forward a signal that the terminal also sends to the service. */
const starters = [
  { name: 'npm start', command: 'npm start --silent' },
  { name: 'npx tsx', command: 'npx tsx service.mts' },
  { name: 'npm start of tsx', command: 'npm run --silent typescript' },
  { name: 'node', command: `${process.execPath} service.mjs` },
];

const interrupts = starters.flatMap(({ name, command }) => [
  {
    name: `N5: ${name}: Ctrl-C stops the service once`,
    async run(scenario) {
      const { notes } = scenario;
      const terminal = scenario.terminal(command);
      await notes.until('running');
      terminal.pressCtrlC();
      await terminal.ended;
      await notes.untilEnded();
      assert.deepEqual(notes.byProcess, [stoppedBy('SIGINT')]);
    },
  },
  {
    name: `N5: ${name}: a second Ctrl-C shortly after the first is ignored, also when the run is over`,
    async run(scenario) {
      const { notes } = scenario;
      // The process waits long enough for the second signal to have an effect if it were not ignored.
      const terminal = scenario.terminal(command, { env: { STOP_MS: '0', LINGER_MS: '1000' } });
      await notes.until('running');
      terminal.pressCtrlC();
      await notes.until('over');
      terminal.pressCtrlC();
      await terminal.ended;
      await notes.untilEnded();
      assert.deepEqual(notes.byProcess, [['running', 'stopping: SIGINT', 'stopped', 'over', 'exit 0']]);
    },
  },
]);

const closed = {
  name: 'N4: closing the terminal stops a service completely, although it can no longer print',
  async run(scenario) {
    const { notes } = scenario;
    const terminal = scenario.terminal(`${process.execPath} logging.mjs console`);
    await notes.until('running');
    terminal.close();
    await notes.untilEnded();
    const [[running, stopping, stopped, ...rest]] = notes.byProcess;
    // Either the signal or a write error comes first.
    assert.match(stopping, /^stopping: (SIGHUP|uncaught)$/);
    assert.deepEqual([running, stopped, rest.length], ['running', 'stopped', 2], 'one stop, and the end');
  },
};

const closedAndReloaded = {
  name: 'N20: closing the terminal stops a service with a reload trigger, and does not reload it',
  async run(scenario) {
    const { notes } = scenario;
    const terminal = scenario.terminal(`${process.execPath} reloading.mjs`);
    await notes.until('running');
    terminal.close();
    await notes.untilEnded();
    const [lines] = notes.byProcess;
    assert.deepEqual(lines.slice(0, 3), ['running', 'stopping: SIGHUP', 'stopped']);
    assert.ok(!lines.includes('reload'));
  },
};

export const watcherTests = [...restarts, ...interrupts, closed, closedAndReloaded];
