/**
 * Puts a real program under HTTP load and stops it with a signal. Tests, examples and benchmarks import it.
 *
 * A request is broken if it ends with an error other than a refused connection, or with an answer of 500 or above. No request is sent again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the requests of a load ended. */
class Counts {
  answered = 0;
  /** Refused connections: the server has stopped listening. */
  refused = 0;
  /** Clients that left because an answer said `Connection: close`. */
  left = 0;
  /** The broken requests by error code or status, such as `{ ECONNRESET: 3, 500: 1 }`. */
  errors = {};

  get broken() {
    return Object.values(this.errors).reduce((sum, n) => sum + n, 0);
  }

  fail(kind) {
    this.errors[kind] = (this.errors[kind] ?? 0) + 1;
  }
}

/**
 * Clients that send one request after the other, each as fast as it can. A client leaves when its connection is refused, unless `patient` is
 * set: then it tries again after 5 ms. `http-load.d.mts` describes all options.
 */
export class Load {
  counts = new Counts();
  #stopped = false;
  #hasEnded = false;
  #clients = Promise.resolve();
  #options;
  #agent;

  constructor({ port, host = '127.0.0.1', path = '/', clients = 20, keepAlive = true, ...others }) {
    this.#options = { port, host, path, clients, ...others };
    this.#agent = new Agent({ keepAlive, maxSockets: Infinity });
  }

  start() {
    this.#clients = Promise.all(Array.from({ length: this.#options.clients }, (_, client) => this.#run(client)));
    const end = () => {
      this.#hasEnded = true;
    };
    this.#clients.then(end, end);
    return this;
  }

  /** Resolves when at least `n` more requests have been answered. */
  answers(n) {
    const wanted = this.counts.answered + n;
    return this.until(() => this.counts.answered >= wanted);
  }

  /** Resolves when `condition()` holds. Rejects if all clients leave first. */
  async until(condition) {
    while (!(await condition())) {
      if (this.#hasEnded) await this.#clients.then(() => Promise.reject(new Error('all clients have left')));
      await sleep(5);
    }
  }

  /** Sends no new requests. Resolves with the counts when the requests under way are over. */
  stop() {
    this.#stopped = true;
    return this.left();
  }

  /** Resolves with the counts when all clients have left. */
  async left() {
    await this.#clients;
    this.#agent.destroy();
    return this.counts;
  }

  async #run(client) {
    const { patient = false, leaves = false, pause } = this.#options;
    for (let n = 0; !this.#stopped; n++) {
      const { error, status, isLast } = await this.#send({ client, n });
      if (leaves && isLast) {
        this.counts.left++;
        return;
      }
      const ms = pause?.(status) ?? 0;
      if (ms > 0) await sleep(ms);
      if (error !== 'ECONNREFUSED') continue;
      if (!patient) return;
      await sleep(5);
    }
  }

  #send(which) {
    const { port, host, path, body, onAnswer } = this.#options;
    const text = body?.(which);
    const { counts } = this;
    return new Promise((resolve, reject) => {
      const fail = ({ code, message }) => {
        const error = code ?? message;
        if (error === 'ECONNREFUSED') counts.refused++;
        else counts.fail(error);
        resolve({ error });
      };
      const method = text === undefined ? 'GET' : 'POST';
      const headers =
        text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const sent = request({ port, host, path, method, headers, agent: this.#agent }, (response) => {
        const { statusCode: status } = response;
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          try {
            onAnswer?.(status, Buffer.concat(chunks).toString(), text);
          } catch (error) {
            reject(error);
            return;
          }
          if (status >= 500) counts.fail(String(status));
          else counts.answered++;
          resolve({ status, isLast: response.headers.connection === 'close' });
        });
      });
      sent.on('error', fail);
      sent.end(text);
    });
  }
}

/** A program that doesn't listen on its port after this time has failed. Milliseconds. */
const START_LIMIT_MS = 60_000;

/** A program in its own process, with its port in the environment variable `PORT`. */
export class Program {
  stdout = '';
  stderr = '';
  port;
  child;
  exited;

  constructor(command, port, { env = {}, cwd } = {}) {
    this.port = port;
    const [file, ...args] = command;
    this.child = spawn(file, args, {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', NO_COLOR: '1', PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr']) {
      this.child[name].setEncoding('utf8').on('data', (text) => {
        this[name] += text;
      });
    }
    this.exited = once(this.child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** Starts a program, and resolves when its port accepts connections. Rejects with its output if it ends first. */
  static async start(command, options = {}) {
    const program = new Program(command, options.port ?? (await freePort()), options);
    const since = performance.now();
    let ended = false;
    void program.exited.then(() => {
      ended = true;
    });
    while (!(await accepts(program.port))) {
      if (ended) throw new Error(`${command.join(' ')} ended before it listened:\n${program.stdout}${program.stderr}`);
      if (performance.now() - since > START_LIMIT_MS) {
        program.child.kill('SIGKILL');
        throw new Error(
          `${command.join(' ')} does not listen on port ${program.port}:\n${program.stdout}${program.stderr}`,
        );
      }
      await sleep(10);
    }
    return program;
  }

  /** Sends the signal, and SIGKILL after `limitMs`. Resolves with `{ status, ms }` when the process has ended. */
  async end(signal = 'SIGTERM', limitMs = 30_000) {
    const since = performance.now();
    this.child.kill(signal);
    const limit = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    const status = await this.exited;
    clearTimeout(limit);
    return { status, ms: Math.round(performance.now() - since) };
  }
}

/**
 * Starts the program, puts load on it, and sends the signal after `before` answers. Resolves with `{ answered, refused, broken, errors, status, ms,
 * stdout, stderr }`. docs/http.md says what our servers promise for such a stop (N15).
 */
export async function stopUnderLoad(command, { before = 200, signal = 'SIGTERM', limitMs, env, cwd, ...options } = {}) {
  const program = await Program.start(command, { env, cwd });
  try {
    const load = new Load({ port: program.port, ...options }).start();
    await load.answers(before);
    const ended = await program.end(signal, limitMs);
    const { answered, refused, broken, errors } = await load.stop();
    return { answered, refused, broken, errors, ...ended, stdout: program.stdout, stderr: program.stderr };
  } finally {
    program.child.kill('SIGKILL');
  }
}

/** A TCP port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves with whether a server listens on this port. */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
