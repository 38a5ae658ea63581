/** PM2 with its defaults: SIGINT, and SIGKILL 1.6 s later. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stoppedBy } from './notes.mjs';

/** A daemon of its own for each scenario. */
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

  /** Starts the app as an ecosystem file tells it. */
  async start(app) {
    const file = join(this.#scenario.folder, 'ecosystem.config.json');
    const outputs = { out_file: this.#outputs, error_file: this.#outputs };
    writeFileSync(file, JSON.stringify({ apps: [{ name: 'app', cwd: this.#scenario.project, ...outputs, ...app }] }));
    await this.run('start', file);
  }

  /** What the daemon has to say of the end of its processes, and what they have printed. */
  get log() {
    const files = [join(this.#home, 'pm2.log'), this.#outputs].filter((file) => existsSync(file));
    return files.map((file) => readFileSync(file, 'utf8')).join('\n');
  }

  /** `count` processes have lived, and each was stopped once and ended by itself. */
  assertLives(count) {
    assert.ok(!this.log.includes('SIGKILL'), this.log);
    const { lives } = this.#scenario.notes;
    assert.deepEqual(
      lives,
      Array.from({ length: count }, () => stoppedBy('SIGINT')),
      `${JSON.stringify(lives)}\n${this.log}`,
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
      name: `N11: PM2, ${mode}: restart, reload and stop leave a stop of 50 ms its time, and kill nothing`,
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
          pm2.assertLives(3 * count);
        } finally {
          await pm2.run('kill');
        }
      },
    },
    {
      name: `N4: PM2, ${mode}: with shutdown_with_message its message stops the service in order`,
      async run(scenario) {
        const { notes } = scenario;
        const pm2 = new Pm2(scenario);
        try {
          await pm2.start({ ...app, wait_ready: true, shutdown_with_message: true });
          await notes.until('running', count);
          await pm2.run('stop', 'app');
          pm2.assertLives(count);
        } finally {
          await pm2.run('kill');
        }
      },
    },
  ];
});
