/** One program of `apps/` as a process, and what is said about its end. */
import { Agent, get } from 'node:http';
import { freePort, Program } from '../../scripts/http-load.mjs';
import { commandOf } from './peers.mjs';

/** A program that has not ended after this is killed. Milliseconds. */
const LIMIT_MS = 30_000;

/** Runs `use(app)` with the program of a peer, which is killed at the end if it is still there. */
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

class App {
  #program;
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

  /** Resolves when the program has printed `app: text` so many times. Rejects when it ends before that. */
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

  /** Sends SIGTERM, and waits for the end. */
  end() {
    return this.#ended(() => this.#program.end('SIGTERM', LIMIT_MS));
  }

  /** Waits for the end, which something else brings about. */
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

/** `{ status, ms, isStill, hooks, said }`: how a process ended, and what it printed from the signal on. */
export function outcome({ status, ms, limitMs, stdout, stderr }) {
  const hooks = [1, 2].filter((hook) => stdout.includes(`app: hook ${hook} runs`));
  return {
    status,
    ms,
    isStill: ms >= limitMs,
    hooks,
    hasBegunStep2: stdout.includes('app: step 2 began'),
    said: lastLine(stderr) ?? lastLine(stdout) ?? '',
  };
}

/** Lines that do not tell how it ended: ours, Node's version after a crash, and of the start, where they are late. */
const UNTOLD = /^(app: |Node\.js v)|Listening on|\[NestApplication\]/;

/** The last line that tells something and is no part of a stack or of an inspected object. */
function lastLine(text) {
  const lines = text.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
  return lines.findLast((line) => /^[^\s{}]/.test(line) && !UNTOLD.test(line));
}

/** GET; resolves with `answered` (200, complete) or with the code of the error. */
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
