/** Runs one program of `apps/` as a process, and describes how it ended. The scenarios use it. */
import { Agent, get } from 'node:http';
import { freePort, Program } from '../../scripts/http-load.mjs';
import { commandOf } from './peers.mjs';

/** A program that has not ended after this time is killed. Milliseconds. */
const LIMIT_MS = 30_000;

/** Starts the program of a peer and calls `use(app)`. Kills the program at the end if it still runs. */
export async function withApp(peer, { env = {}, isListening = true }, use) {
  const program = isListening
    ? await Program.start(commandOf(peer), { env })
    : new Program(commandOf(peer), await freePort(), { env });
  try {
    return await use(new App(program));
  } finally {
    program.child.kill('SIGKILL');
  }
}

/** A running program of `apps/`. */
class App {
  #program;
  /** How much the program had printed before the signal. */
  #before = { stdout: 0, stderr: 0 };

  constructor(program) {
    this.#program = program;
  }

  get port() {
    return this.#program.port;
  }

  kill(signal) {
    this.#program.child.kill(signal);
  }

  /** Resolves when the program has printed `app: text` this many times. Rejects if it ends first. */
  async said(text, times = 1) {
    const { child, exited } = this.#program;
    const isDone = () => this.#program.stdout.split(`app: ${text}\n`).length > times;
    await new Promise((resolve, reject) => {
      const look = () => {
        if (!isDone()) return;
        child.stdout.off('data', look);
        resolve();
      };
      child.stdout.on('data', look);
      void exited.then(() => reject(new Error(`the program ended before it said "${text}": ${this.#program.stderr}`)));
      look();
    });
  }

  /** Sends SIGTERM, and waits for the end of the process. */
  end() {
    return this.#ended(() => this.#program.end('SIGTERM', LIMIT_MS));
  }

  /** Waits for the end of the process, without a signal. */
  ended() {
    return this.#ended(() => this.#program.end(0, LIMIT_MS));
  }

  async #ended(end) {
    const { stdout, stderr } = this.#program;
    this.#before = { stdout: stdout.length, stderr: stderr.length };
    const { status, ms } = await end();
    return outcome({ status, ms, limitMs: LIMIT_MS, ...this.#sinceThen() });
  }

  #sinceThen() {
    const { stdout, stderr } = this.#program;
    return { stdout: stdout.slice(this.#before.stdout), stderr: stderr.slice(this.#before.stderr) };
  }
}

/**
 * Describes how a process ended: `{ status, ms, isStillRunning, hooks, hasBegunStep2, said }`. `isStillRunning`: it still ran after the limit. `hooks`: the numbers
 * of the hooks that ran. `said`: the last line it printed after the signal.
 */
export function outcome({ status, ms, limitMs, stdout, stderr }) {
  const hooks = [1, 2].filter((hook) => stdout.includes(`app: hook ${hook} runs`));
  return {
    status,
    ms,
    isStillRunning: ms >= limitMs,
    hooks,
    hasBegunStep2: stdout.includes('app: step 2 began'),
    said: lastLine(stderr) ?? lastLine(stdout) ?? '',
  };
}

/** Lines that don't say how a process ended: our own, Node's version after a crash, and late lines of the start. */
const IGNORED = /^(app: |Node\.js v)|Listening on|\[NestApplication\]/;

/** The last line that says how the process ended. Indented lines are part of a stack or of an inspected object. */
function lastLine(text) {
  const lines = text.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
  return lines.findLast((line) => /^[^\s{}]/.test(line) && !IGNORED.test(line));
}

/** Sends a GET request. Resolves with `answered` (status 200, complete), another status, or the code of the error. */
export function request(port, path, agent) {
  return new Promise((resolve) => {
    const sent = get({ port, host: '127.0.0.1', path, agent }, (response) => {
      response.on('error', ({ code }) => resolve(code));
      response.on('end', () => resolve(response.statusCode === 200 ? 'answered' : String(response.statusCode)));
      response.resume();
    });
    sent.on('error', ({ code }) => resolve(code));
  });
}

export const keepAliveAgent = () => new Agent({ keepAlive: true, maxSockets: Infinity });
