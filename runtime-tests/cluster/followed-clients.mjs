/**
 * Clients that know which worker has accepted their connection. A worker writes the client port of each connection into a file when it accepts the
 * connection. So the worker is known even if it never answers.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request without an answer or an error after this time counts as lost. Milliseconds. */
const LOST_MS = 10_000;

export class FollowedClients {
  answered = 0;
  refused = 0;
  /** `{ error, pid }` for each failed request. `pid` is undefined if no worker has accepted the connection. */
  failures = [];
  /** Number of requests without an answer and without an error. */
  lost = 0;
  versions = new Set();
  #isStopped = false;
  #connections = new WeakMap();
  #options;
  #loops;

  /** `accepted` is the file that the workers write. `keepAlive(n)` says whether client `n` keeps its connection. */
  constructor({ port, accepted, clients, keepAlive }) {
    this.#options = { port, accepted, keepAlive };
    this.#loops = Array.from({ length: clients }, (_, n) => this.#loop(n));
  }

  /** Resolves after `count` more answers, or after `limitMs`, since there may be no worker that could answer. */
  async answers(count, limitMs) {
    const wanted = this.answered + count;
    const deadline = performance.now() + limitMs;
    while (this.answered < wanted && performance.now() < deadline) await sleep(5);
  }

  async stop() {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  async #loop(n) {
    const keepAlive = this.#options.keepAlive(n);
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!this.#isStopped) {
      const error = await this.#send(agent);
      if (error === 'ECONNREFUSED') await sleep(5);
    }
    agent.destroy();
  }

  #send(agent) {
    return new Promise((resolve) => {
      const since = process.hrtime.bigint(); // a new connection is opened after this
      let connection;
      const fail = (error) => {
        if (error === 'ECONNREFUSED') this.refused++;
        else if (error === 'lost') this.lost++;
        else this.failures.push({ error, pid: this.#acceptedBy(connection) });
        resolve(error);
      };
      const sent = request({ port: this.#options.port, host: '127.0.0.1', agent, timeout: LOST_MS }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('error', ({ code, message }) => fail(code ?? message));
        response.on('end', () => {
          if (response.statusCode !== 200) return fail(String(response.statusCode));
          this.answered++;
          this.versions.add(text);
          resolve(undefined);
        });
      });
      sent.on('socket', (socket) => {
        connection = this.#connections.get(socket) ?? this.#addConnection(socket, since);
      });
      sent.on('timeout', () => sent.destroy(Object.assign(new Error('lost'), { code: 'lost' })));
      sent.on('error', ({ code, message }) => fail(code ?? message));
      sent.end();
    });
  }

  /** Notes the port of a new connection. */
  #addConnection(socket, since) {
    const connection = { since, port: undefined };
    this.#connections.set(socket, connection);
    socket.once('connect', () => {
      connection.port = socket.localPort;
    });
    return connection;
  }

  /** The process id of the worker that has accepted this connection. An older connection may have had the same port. */
  #acceptedBy({ port, since }) {
    const lines = readFileSync(this.#options.accepted, 'utf8').trimEnd().split('\n');
    const accepted = lines.map((line) => line.split(' ')).findLast(([from]) => from === String(port));
    return accepted === undefined || BigInt(accepted[2]) < since ? undefined : Number(accepted[1]);
  }
}
