import type { ChildProcess } from 'node:child_process';

/** The messages of `node:cluster` itself, as far as they are read here. `key` names a listener. */
interface ClusterMessage {
  readonly cmd?: unknown;
  readonly act?: unknown;
  readonly key?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
  readonly errno?: unknown;
}

/** A connection that was accepted by the primary, and belongs to nobody else yet. */
interface Connection {
  close(): void;
}

/** How many connected workers listen on each listener, by its key. */
const listeners: Map<unknown, number> = new Map();

/** How long to wait for the last messages of a process that has ended, and how often to look whether its channel is closed. Milliseconds. */
const READ_MS = 500;
const LOOK_MS = 5;

/**
 * When a worker ends before it has taken a connection that `node:cluster` has handed to it, Node forgets the connection: nobody closes it,
 * and its client waits for ever. Node does not emit `disconnect` for such a worker either. Here such a connection goes to another worker
 * with the same listener; without one it is closed.
 *
 * Reads the messages that Node's primary and worker send each other (the same in Node 20 to 26). Where they look different, nothing is done.
 */
export class HandedConnections {
  readonly #child: ChildProcess;
  readonly #send: (message: unknown, ...rest: unknown[]) => boolean;
  /** By the number of the message; until the worker has answered. */
  readonly #handed: Map<unknown, { readonly key: unknown; readonly connection: Connection }> = new Map();
  readonly #keys: Set<unknown> = new Set();
  #isOver = false;

  /** Follows this process from its start on. Call it after `cluster.fork`, whose own listeners must come first. */
  static follow(child: ChildProcess): void {
    const handed = new HandedConnections(child);
    child.on('internalMessage', (message: ClusterMessage | null) => {
      handed.#heard(message);
    });
    child.once('disconnect', () => {
      handed.#end();
    });
    child.once('exit', () => {
      handed.#exited(READ_MS);
    });
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#send = child.send.bind(child) as (message: unknown, ...rest: unknown[]) => boolean; // as: all of its overloads
    const send = (message: unknown, ...rest: unknown[]): boolean => this.#sent(message as ClusterMessage, rest); // as: read with care
    child.send = send;
  }

  /** A message of the primary. */
  #sent(message: ClusterMessage | null, rest: unknown[]): boolean {
    if (message?.cmd === 'NODE_CLUSTER') {
      const { act, key, seq, ack, errno } = message;
      const [connection] = rest as [Connection?];
      if (act === 'newconn' && typeof connection?.close === 'function') this.#handed.set(seq, { key, connection });
      else if (ack !== undefined && key !== undefined && !Boolean(errno) && !this.#keys.has(key)) {
        // The answer to a worker that wants to listen: from now on it does.
        this.#keys.add(key);
        listeners.set(key, listenersOf(key) + 1);
      }
    }
    return this.#send(message, ...rest);
  }

  /** A message of the worker. */
  #heard(message: ClusterMessage | null): void {
    if (message?.cmd !== 'NODE_CLUSTER') return;
    this.#handed.delete(message.ack);
    if (message.act === 'close') this.#forget(message.key);
  }

  /**
   * Emits `disconnect` once the channel is closed, at the latest in `left` milliseconds, if Node has not. Node waits for an answer to each
   * connection that it has handed over before it emits that, and nobody answers any more.
   */
  #exited(left: number): void {
    if (this.#isOver) return;
    if (this.#child.connected && left > 0) setTimeout(() => this.#exited(left - LOOK_MS), LOOK_MS);
    else this.#child.emit('disconnect');
  }

  #end(): void {
    this.#isOver = true;
    for (const key of this.#keys) this.#forget(key);
    for (const [ack, { key, connection }] of [...this.#handed]) {
      // As if the worker had said that it does not take it: Node hands it to the next one.
      if (listenersOf(key) > 0) this.#child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
      else connection.close();
    }
    this.#handed.clear();
  }

  #forget(key: unknown): void {
    if (!this.#keys.delete(key)) return;
    const left = listenersOf(key) - 1;
    if (left > 0) listeners.set(key, left);
    else listeners.delete(key);
  }
}

function listenersOf(key: unknown): number {
  return listeners.get(key) ?? 0;
}
