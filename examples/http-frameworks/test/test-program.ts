import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from '../../../scripts/http-load.mjs';

/** An answer as `200 text`, and whether all of it has arrived. */
export interface Answer {
  readonly text: string;
  readonly isComplete: boolean;
}

/** A program of `test/programs` as a process. Disposing kills it. */
export class TestProgram implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(command: readonly string[]): Promise<TestProgram> {
    const program = new TestProgram(await Program.start(command));
    await program.prints('ready');
    return program;
  }

  /** The requests that have reached the framework, as `GET /path`. */
  get requests(): string[] {
    return [...this.#program.stdout.matchAll(/^request (.+)$/gm)].map(([, line]) => line!);
  }

  /** Resolves when the program has printed this line. Rejects if it ends before. */
  async prints(line: string): Promise<void> {
    const { child, exited } = this.#program;
    const hasPrinted = (): boolean => this.#program.stdout.split('\n').includes(line);
    while (!hasPrinted()) {
      const ended = await Promise.race([once(child.stdout!, 'data').then(() => false), exited.then(() => true)]);
      if (ended && !hasPrinted()) throw new Error(`the program ended before it printed "${line}":\n${this.#output}`);
    }
  }

  /** Resolves when the port refuses connections: the stop has closed the listener. */
  async refusesConnections(): Promise<void> {
    while (await accepts(this.#program.port)) await sleep(5);
  }

  /** Begins a request. The caller writes the body to `outgoing` and calls `outgoing.end()`. */
  send(path: string, options: RequestOptions = {}): SentRequest {
    return new SentRequest({ host: '127.0.0.1', port: this.#program.port, path, ...options });
  }

  get(path: string, options: RequestOptions = {}): Promise<Answer> {
    const sent = this.send(path, options);
    sent.outgoing.end();
    return sent.answer();
  }

  /** Sends SIGTERM. */
  stop(): void {
    this.#program.child.kill('SIGTERM');
  }

  /** Sends SIGTERM and waits for the end of the process. */
  async end(): Promise<{ readonly status: number | string; readonly stderr: string }> {
    const { status } = await this.#program.end('SIGTERM');
    return { status, stderr: this.#program.stderr };
  }

  /** Waits for the end of the process. */
  async ended(): Promise<{ readonly status: number | string; readonly stderr: string }> {
    return { status: await this.#program.exited, stderr: this.#program.stderr };
  }

  get #output(): string {
    return `${this.#program.stdout}${this.#program.stderr}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.child.kill('SIGKILL');
    await this.#program.exited;
  }
}

/** A request that was sent, and its answer. */
class SentRequest {
  readonly outgoing: ReturnType<typeof request>;
  readonly #response: Promise<IncomingMessage>;

  constructor(options: RequestOptions) {
    this.outgoing = request(options);
    this.#response = once(this.outgoing, 'response').then(([response]) => response as IncomingMessage);
    this.#response.catch(() => undefined); // answer() rejects with it
  }

  /** Resolves when the first bytes of the body have arrived. */
  async hasBody(): Promise<void> {
    const response = await this.#response;
    if (response.readableLength === 0) await once(response, 'readable');
  }

  /** Resolves with the whole answer, or with the part of it before a connection error. */
  async answer(): Promise<Answer> {
    const response = await this.#response;
    let text = `${String(response.statusCode)} `;
    response.setEncoding('utf8');
    try {
      for await (const chunk of response) text += chunk as string;
    } catch (error) {
      text += String(error);
    }
    return { text, isComplete: response.complete };
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
