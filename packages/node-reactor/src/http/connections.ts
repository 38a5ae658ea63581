import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Connection } from './connection.ts';

/** The open connections of a server, with their sessions of HTTP/2. */
export class Connections {
  /** By socket: the raw one until the TLS handshake is done, then the encrypted one. */
  readonly bySocket: Map<Socket, Connection> = new Map();
  readonly #bySession: Map<ServerHttp2Session, Connection> = new Map();
  /** Gives the time at which an answer leaves, -Infinity as long as the listener is open. */
  readonly #answeredAt: () => number;
  /** How many connections have come so far. */
  #accepted = 0;
  /** The socket whose `connection` or `secureConnection` is being emitted: a session that is made meanwhile is on it. */
  #current: Socket | undefined;
  #onClosed: (() => void) | undefined;

  constructor(answeredAt: () => number) {
    this.#answeredAt = answeredAt;
  }

  /** How many connections have come so far. With TLS each counts twice: before and after its handshake. */
  get accepted(): number {
    return this.#accepted;
  }

  /** `onClosed` is called whenever a connection has closed. */
  follow(onClosed: () => void): void {
    this.#onClosed = onClosed;
  }

  /** A connection has come, or its TLS handshake is done. `emit` gives the event to the listeners of the server. */
  accept(socket: Socket, handshaking: boolean, emit: () => boolean): boolean {
    this.#accepted++;
    // as: Node keeps the raw socket of an encrypted one there
    const raw = (socket as Socket & { readonly _parent?: Socket })._parent;
    const connection = raw === undefined ? undefined : this.bySocket.get(raw);
    if (raw === undefined || connection === undefined) this.track(socket, handshaking);
    else {
      this.bySocket.delete(raw);
      connection.secured(socket);
      this.#keep(socket, connection);
    }
    this.#current = socket;
    try {
      return emit();
    } finally {
      this.#current = undefined;
    }
  }

  /** Adds a connection. */
  track(socket: Socket, handshaking = false): Connection {
    const connection = new Connection(socket, handshaking, this.#answeredAt);
    this.#keep(socket, connection);
    return connection;
  }

  #keep(socket: Socket, connection: Connection): void {
    this.bySocket.set(socket, connection);
    socket.once('close', () => {
      if (!this.bySocket.delete(socket)) return; // the raw socket of an encrypted one
      for (const exchange of [...connection.exchanges]) exchange.over(false);
      this.#onClosed?.();
    });
  }

  /** A session of HTTP/2 begins on the connection that is being accepted. Returns whether that connection is known. */
  addSession(session: ServerHttp2Session): boolean {
    const connection = this.#current === undefined ? undefined : this.bySocket.get(this.#current);
    if (connection === undefined) return false;
    connection.session = session;
    this.#bySession.set(session, connection);
    session.once('close', () => this.#bySession.delete(session));
    return true;
  }

  /** The connection of a session. */
  ofSession(session: ServerHttp2Session | undefined): Connection | undefined {
    return session === undefined ? undefined : this.#bySession.get(session);
  }

  /** Sends GOAWAY on each session: its open streams finish, then it closes. */
  closeSessions(): void {
    for (const session of this.#bySession.keys()) session.close();
  }

  /** Ends every connection, whatever is on it. */
  destroy(): void {
    for (const session of this.#bySession.keys()) session.destroy();
    for (const { socket } of this.bySocket.values()) socket.destroy();
  }
}
