/**
 * Clients that know which worker has their connection. A worker writes the port of each connection that it takes into a file, in the moment it
 * takes it: so it is also known of one that has never answered.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A client without an answer for so long waits for ever. Milliseconds. */
const LOST_MS = 10_000;

export class FollowedClients {
  answered = 0;
  refused = 0;
  /** `{ error, pid }`; `pid` is undefined for a connection that no worker has taken. */
  failures = [];
  /** Requests without an answer and without an error. */
  lost = 0;
  versions = new Set();
  #isStopped = false;
  #connections = new WeakMap();
  #options;
  #loops;

  /** `accepted`: the file that the workers write. `keepAlive(n)`: whether client `n` keeps its connection. */
  constructor({ port, accepted, clients, keepAlive }) {
    this.#options = { port, accepted, keepAlive };
    this.#loops = Array.from({ length: clients }, (_, n) => this.#loop(n));
  }

  /** Resolves when so many more are answered, or after `limitMs`: then nobody may have been there to answer. */
  async answers(count, limitMs) {
    const wanted = this.answered + count;
    const until = performance.now() + limitMs;
    while (this.answered < wanted && performance.now() < until) await sleep(5);
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
      const since = process.hrtime.bigint(); // its connection is begun after that, if it is a new one
      let followed;
      const fail = (error) => {
        if (error === 'ECONNREFUSED') this.refused++;
        else if (error === 'lost') this.lost++;
        else this.failures.push({ error, pid: this.#takenBy(followed) });
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
        followed = this.#connections.get(socket) ?? this.#follow(socket, since);
      });
      sent.on('timeout', () => sent.destroy(Object.assign(new Error('lost'), { code: 'lost' })));
      sent.on('error', ({ code, message }) => fail(code ?? message));
      sent.end();
    });
  }

  /** Notes its port as long as it has one. */
  #follow(socket, since) {
    const followed = { since, port: undefined };
    this.#connections.set(socket, followed);
    socket.once('connect', () => {
      followed.port = socket.localPort;
    });
    return followed;
  }

  /** The worker that has taken this connection. The number of its port may have been that of another one before. */
  #takenBy({ port, since }) {
    const lines = readFileSync(this.#options.accepted, 'utf8').trimEnd().split('\n');
    const taken = lines.map((line) => line.split(' ')).findLast(([from]) => from === String(port));
    return taken === undefined || BigInt(taken[2]) < since ? undefined : Number(taken[1]);
  }
}
