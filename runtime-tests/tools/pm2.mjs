/** Services under PM2 with its defaults: it sends SIGINT, and SIGKILL 1.6 s later. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stoppedBy } from './notes.mjs';

/** PM2 with a daemon of its own for the scenario. */
class Pm2 {
  #scenario;
  #home;
  #outputs;

  constructor(scenario) {
    this.#scenario = scenario;
    this.#home = join(scenario.folder, 'pm2');
    this.#outputs = join(scenario.folder, 'outputs.log');
  }

  async run(...args) {
    const env = { PM2_HOME: this.#home, PM2_DISABLE_VERSION_CHECK: 'true' };
    const { status, output } = await this.#scenario.run(this.#scenario.tool('pm2'), ['--silent', ...args], { env });
    assert.equal(status, 0, `pm2 ${args.join(' ')}\n${output}`);
  }

  /** Starts an app with these settings in an ecosystem file. */
  async start(app) {
    const file = join(this.#scenario.folder, 'ecosystem.config.json');
    const outputs = { out_file: this.#outputs, error_file: this.#outputs };
    writeFileSync(file, JSON.stringify({ apps: [{ name: 'app', cwd: this.#scenario.project, ...outputs, ...app }] }));
    await this.run('start', file);
  }

  /** The log of the daemon, and the output of the processes. */
  get log() {
    const files = [join(this.#home, 'pm2.log'), this.#outputs].filter((file) => existsSync(file));
    return files.map((file) => readFileSync(file, 'utf8')).join('\n');
  }

  /** `count` processes have run. Each was stopped once and ended by itself. */
  assertCleanStops(count) {
    assert.ok(!this.log.includes('SIGKILL'), this.log);
    const { byProcess } = this.#scenario.notes;
    assert.deepEqual(
      byProcess,
      Array.from({ length: count }, () => stoppedBy('SIGINT')),
      `${JSON.stringify(byProcess)}\n${this.log}`,
    );
  }
}

const modes = {
  'fork mode': { script: 'http.mjs', exec_mode: 'fork' },
  'cluster mode': { script: 'http.mjs', exec_mode: 'cluster', instances: 2 },
};

export const pm2Tests = Object.entries(modes).flatMap(([mode, app]) => {
  const count = app.instances ?? 1;
  return [
    {
      name: `N11: PM2, ${mode}: restart, reload and stop wait for a stop of 50 ms, and kill no process`,
      async run(scenario) {
        const { notes } = scenario;
        const pm2 = new Pm2(scenario);
        try {
          await pm2.start({ ...app, wait_ready: true });
          await notes.until('running', count);
          await pm2.run('restart', 'app');
          await notes.until('running', 2 * count);
          await pm2.run('reload', 'app');
          await notes.until('running', 3 * count);
          await pm2.run('stop', 'app');
          pm2.assertCleanStops(3 * count);
        } finally {
          await pm2.run('kill');
        }
      },
    },
    {
      name: `N4: PM2, ${mode}: with shutdown_with_message the message of PM2 stops the service in order`,
      async run(scenario) {
        const { notes } = scenario;
        const pm2 = new Pm2(scenario);
        try {
          await pm2.start({ ...app, wait_ready: true, shutdown_with_message: true });
          await notes.until('running', count);
          await pm2.run('stop', 'app');
          pm2.assertCleanStops(count);
        } finally {
          await pm2.run('kill');
        }
      },
    },
  ];
});
