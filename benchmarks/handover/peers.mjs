/**
 * The peers of bench:handover: ways to replace the processes of a service. `start({ workers, port })` resolves when the service answers, with
 * `{ reload, end }`. `reload()` resolves when all processes are new.
 */
import { reloadCluster } from '@triphase/node-reactor/cluster';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../scripts/command.mjs';
import { accepts } from '../../scripts/http-load.mjs';

const app = (name) => join(import.meta.dirname, 'apps', `${name}.mjs`);
const tools = join(import.meta.dirname, '..', '..', 'runtime-tests', 'tools', 'node_modules');

/** A primary process, of ours or of node:cluster. It prints a line when it serves. The primary of node:cluster also prints one after each reload. */
class Primary {
  #child;
  #lines = 0;
  #onLine = () => undefined;

  static async start(name, { workers, port }) {
    const primary = new Primary();
    const env = { ...process.env, WORKERS: String(workers), PORT: String(port) };
    primary.#child = spawn(process.execPath, [app(name)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    primary.#child.setMaxListeners(0); // each reload listens for the end of the process
    primary.#child.stdout.setEncoding('utf8').on('data', (text) => {
      primary.#lines += text.split('\n').length - 1;
      primary.#onLine();
    });
    await primary.#printed(1);
    return primary;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Sends a signal, and waits for one more line. */
  async signalAndWait(signal) {
    const wanted = this.#lines + 1;
    this.#child.kill(signal);
    await this.#printed(wanted);
  }

  async end(signal) {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }

  /** Resolves when the primary has printed `count` lines. Rejects if it ends first. */
  async #printed(count) {
    const exited = once(this.#child, 'exit').then(() => {
      throw new Error('the primary has ended');
    });
    const printed = new Promise((resolve) => {
      this.#onLine = () => this.#lines >= count && resolve();
      this.#onLine();
    });
    await Promise.race([printed, exited]);
    exited.catch(() => undefined); // the primary ends later
  }
}

const triphase = {
  name: 'triphase',
  title: 'Triphase, `runCluster`',
  async start(options) {
    const primary = await Primary.start('triphase-primary', options);
    return {
      async reload() {
        const { ok, text } = await reloadCluster(primary.pid);
        if (!ok) throw new Error(text);
      },
      end: () => primary.end('SIGTERM'),
    };
  },
};

const bare = {
  name: 'cluster',
  title: '`node:cluster`, fork and disconnect',
  async start(options) {
    const primary = await Primary.start('bare-primary', options);
    return { reload: () => primary.signalAndWait('SIGUSR2'), end: () => primary.end('SIGKILL') };
  },
};

const pm2Manifest = join(tools, 'pm2', 'package.json');
const pm2 = {
  name: 'pm2',
  title: 'PM2, `reload`',
  lacking: existsSync(pm2Manifest) ? undefined : 'PM2 is not installed: run npm run setup',
  version: existsSync(pm2Manifest) ? JSON.parse(readFileSync(pm2Manifest, 'utf8')).version : '',
  async start({ workers, port }) {
    const home = mkdtempSync(join(tmpdir(), 'triphase-pm2-'));
    const command = async (...args) => {
      const env = { PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' };
      const { code, output } = await run(join(tools, '.bin', 'pm2'), ['--silent', ...args], { env });
      if (code !== 0) throw new Error(`pm2 ${args.join(' ')}\n${output}`);
    };
    const file = join(home, 'ecosystem.config.json');
    const options = { exec_mode: 'cluster', instances: workers, wait_ready: true, kill_timeout: 10_000 };
    const outputs = { out_file: join(home, 'out.log'), error_file: join(home, 'out.log') };
    const env = { PORT: String(port) };
    writeFileSync(file, JSON.stringify({ apps: [{ name: 'app', script: app('plain'), env, ...options, ...outputs }] }));
    await command('start', file);
    return {
      reload: () => command('reload', 'app'),
      async end() {
        await command('kill');
        rmSync(home, { recursive: true, force: true });
      },
    };
  },
};

/** The folder of Node 24: Watt needs a newer Node than the others. */
const newNode = join(import.meta.dirname, '..', '..', 'runtime-tests', 'runtimes', 'node_modules', 'node24', 'bin');
const wattFolder = join(import.meta.dirname, 'watt');
const wattManifest = join(wattFolder, 'node_modules', 'wattpm', 'package.json');
const watt = {
  name: 'watt',
  title: 'Watt, `wattpm restart`',
  get lacking() {
    if (!existsSync(join(newNode, 'node'))) return 'Node 24 is not installed: run npm run setup';
    return existsSync(wattManifest) ? undefined : 'Watt is not installed: run npm ci --prefix benchmarks/handover/watt';
  },
  get version() {
    return existsSync(wattManifest) ? JSON.parse(readFileSync(wattManifest, 'utf8')).version : '';
  },
  async start({ workers, port }) {
    const PATH = `${newNode}:${process.env.PATH}`;
    const env = {
      ...process.env,
      PATH,
      PORT: String(port),
      WORKERS: String(workers),
      PLT_DISABLE_UPDATE_CHECK: 'true',
    };
    const program = join(wattFolder, 'node_modules', '.bin', 'wattpm');
    const child = spawn(join(newNode, 'node'), [program, 'start', wattFolder], { env, stdio: 'ignore' });
    const exited = once(child, 'exit');
    let isOver = false;
    void exited.then(() => {
      isOver = true;
    });
    while (!(await accepts(port))) {
      if (isOver) throw new Error('Watt has ended before it listened');
      await sleep(50);
    }
    return {
      async reload() {
        const { code, output } = await run(join(newNode, 'node'), [program, 'restart', String(child.pid)], { env });
        if (code !== 0) throw new Error(`wattpm restart\n${output}`);
      },
      async end() {
        child.kill('SIGTERM');
        const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await exited;
        clearTimeout(limit);
      },
    };
  },
};

export const PEERS = [pm2, bare, watt, triphase];
