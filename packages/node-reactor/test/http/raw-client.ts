import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The clients of the test under way. */
const clients: Set<RawClient> = new Set();
let tests = 0;

/**
 * A test is over: closes the clients that it has left open, and ends its polling. Otherwise a test that has timed out would keep jest
 * running.
 */
export function endClients(): void {
  tests++;
  for (const { socket } of clients) socket.destroy();
  clients.clear();
}

/** Resolves once `holds` returns true; it is called once each turn of the event loop. Rejects when the test is over. */
export async function until(holds: () => boolean): Promise<void> {
  const test = tests;
  while (!holds()) {
    if (test !== tests) throw new Error(`The test is over, and this does not hold: ${String(holds)}`);
    await new Promise(setImmediate);
  }
}

/** A client that writes any bytes, and keeps what it receives. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  /** The server has sent FIN. */
  isEnded = false;
  readonly closed: Promise<unknown>;
  #look: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = once(socket, 'close').catch(() => undefined);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined); // after a reset the test misses the bytes that it waits for
    socket.on('data', (text: string) => {
      this.received += text;
      this.#look();
    });
    socket.on('end', () => {
      this.isEnded = true;
      this.#look();
    });
    socket.on('close', () => this.#look());
  }

  /** `halfOpen`: it does not close its side when the server closes. */
  static async connect(port: number, { halfOpen = false } = {}): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: halfOpen });
    const client = new RawClient(socket);
    clients.add(client);
    await once(socket, 'connect');
    return client;
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  get(path: string): this {
    return this.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  }

  /** Resolves once `received` has `n` matches; rejects if the connection ends before. */
  async until(pattern: RegExp, n = 1): Promise<void> {
    const matches = (): number => this.received.match(new RegExp(pattern, `g${pattern.flags}`))?.length ?? 0;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (matches() >= n) resolve();
        else if (this.isEnded || this.socket.destroyed)
          reject(new Error(`ended without ${String(pattern)}: ${this.received}`));
      };
      this.#look = look;
      look();
    });
  }

  /** Resolves when the server has sent FIN, or the connection is gone. */
  async ended(): Promise<void> {
    if (this.isEnded || this.socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.isEnded || this.socket.destroyed) resolve();
      };
    });
  }
}

/** Resolves once connections to the port are refused. */
export async function refused(port: number): Promise<void> {
  for (const test = tests; ;) {
    if (test !== tests) throw new Error(`The test is over, and port ${String(port)} takes connections`);
    const socket = connect(port, '127.0.0.1');
    const isRefused = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    });
    socket.destroy();
    if (isRefused) return;
  }
}

/** A promise, and the function that resolves it. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise: Promise<T> = new Promise((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
