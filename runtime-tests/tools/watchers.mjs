/** Tools that restart a service when a file changes, and tools between a terminal and a service. */
import assert from 'node:assert/strict';
import { cpSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { stoppedBy } from './notes.mjs';

/** Watchers: how each starts a service, and what stops that for a restart. */
const watchers = [
  // Without an npm script it is told by the variable `_`, which bash and zsh set, and a plain sh does not.
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

/** A copy of the service that may change. */
function copyOf(scenario, service) {
  for (const file of [service, 'notes.mjs']) cpSync(join(scenario.project, file), join(scenario.folder, file));
  return join(scenario.folder, service);
}

const restarts = watchers.map(({ name, service = 'service.mjs', command, by }) => ({
  name: `N4: ${name}: a restart and Ctrl-C stop the service to its end, once each, and all ends`,
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
    const [first, second] = notes.lives;
    // Ctrl-C comes from the terminal and, as the signal for a restart or as it is, from the watcher, in whichever order.
    const told = second[1] === stoppedBy(by)[1] ? by : 'SIGINT';
    assert.deepEqual([first, second, notes.lives.length], [stoppedBy(by), stoppedBy(told), 2]);
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
      assert.deepEqual(notes.lives, [stoppedBy('SIGINT')]);
    },
  },
  {
    name: `N5: ${name}: a second Ctrl-C at once is dropped, also when the run is over by then`,
    async run(scenario) {
      const { notes } = scenario;
      // Long enough that a second signal that is not dropped finds the process.
      const terminal = scenario.terminal(command, { env: { STOP_MS: '0', LINGER_MS: '1000' } });
      await notes.until('running');
      terminal.pressCtrlC();
      await notes.until('over');
      terminal.pressCtrlC();
      await terminal.ended;
      await notes.untilEnded();
      assert.deepEqual(notes.lives, [['running', 'stopping: SIGINT', 'stopped', 'over', 'exit 0']]);
    },
  },
]);

const closed = {
  name: 'N4: a terminal that is closed stops a service to its end, though it can print nothing any more',
  async run(scenario) {
    const { notes } = scenario;
    const terminal = scenario.terminal(`${process.execPath} logging.mjs console`);
    await notes.until('running');
    terminal.close();
    await notes.untilEnded();
    const [[running, stopping, stopped, ...rest]] = notes.lives;
    // Whichever comes first: the signal, or that nothing can be printed.
    assert.match(stopping, /^stopping: (SIGHUP|uncaught)$/);
    assert.deepEqual([running, stopped, rest.length], ['running', 'stopped', 2], 'one stop, and the end');
  },
};

const closedAndReloaded = {
  name: 'N20: a terminal that is closed stops a service that could reload, and reloads nothing',
  async run(scenario) {
    const { notes } = scenario;
    const terminal = scenario.terminal(`${process.execPath} reloading.mjs`);
    await notes.until('running');
    terminal.close();
    await notes.untilEnded();
    const [lines] = notes.lives;
    assert.deepEqual(lines.slice(0, 3), ['running', 'stopping: SIGHUP', 'stopped']);
    assert.ok(!lines.includes('reload'));
  },
};

export const watcherTests = [...restarts, ...interrupts, closed, closedAndReloaded];
