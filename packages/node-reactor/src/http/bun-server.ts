import type {
  FetchAddress,
  FetchHost,
  FetchListener,
  RequestLike,
  ResponseLike,
  ServedUpgrade,
} from '@triphase/core/serving';
import { isInKubernetes } from './options.ts';

/** The part of Bun's `ServerWebSocket` that is used here. */
export interface BunWebSocket {
  /** Sends a close frame. */
  close(code?: number, reason?: string): void;
  /** Closes the connection at once. */
  terminate(): void;
}

/** The WebSocket handlers of `Bun.serve`: `message` and what else Bun knows. */
export interface BunWebSocketHandlers {
  /** A connection has become a WebSocket. */
  open?(socket: never): unknown;
  /** A message has come. */
  message(socket: never, message: never): unknown;
  /** A WebSocket has closed. */
  close?(socket: never, code: number, reason: string): unknown;
}

/** What of `Bun.serve`'s own options is passed on. */
export interface BunServerOptions {
  /** Passed on to `Bun.serve`. */
  readonly websocket?: BunWebSocketHandlers;
  /** Certificate and key of an HTTPS server. Passed on to `Bun.serve`. */
  readonly tls?: object;
  /** Bytes. Passed on to `Bun.serve`. */
  readonly maxRequestBodySize?: number;
  /**
   * Seconds after which Bun closes a connection that has no request, or whose answer sends nothing. Default 255, the most that Bun can do;
   * 0 for no limit. There is no limit for a request that waits for its answer, nor for an event stream.
   */
  readonly idleTimeout?: number;
  /** Lets several processes listen on one port. Passed on to `Bun.serve`. */
  readonly reusePort?: boolean;
}

/** The part of Bun's server that a handler gets and that is used here. */
export interface BunServer {
  /** The port it listens on. */
  readonly port: number;
  /** The URL that it answers at. */
  readonly url: URL;
  /** The requests that Bun counts as under way. */
  readonly pendingRequests: number;
  /** Makes a request a WebSocket: then return undefined from the handler. Returns `false` if it cannot be one. */
  upgrade(request: object, options?: { data?: unknown; headers?: unknown }): boolean;
  /** Where the client is. */
  requestIP(request: object): { readonly address: string; readonly family: string; readonly port: number } | null;
  /** Seconds for one request; 0 for no limit. */
  timeout(request: object, seconds: number): void;
  /** Closes the listener. `true` ends all connections too. */
  stop(closeActiveConnections?: boolean): Promise<void>;
}

/** The part of `Bun` that serves. */
export interface BunNamespace {
  serve(options: object): BunServer;
}

type HandleRequest = Parameters<FetchHost['listen']>[1];

/** `Bun.serve` behind the interface that all hosts share. */
export class BunServeHost implements FetchHost {
  readonly losesBodies = false;
  readonly upgrades: boolean;
  readonly #bun: BunNamespace;
  readonly #options: BunServerOptions;

  constructor(bun: BunNamespace, options: BunServerOptions) {
    this.#bun = bun;
    this.#options = options;
    this.upgrades = options.websocket !== undefined;
  }

  listen({ port, hostname }: FetchAddress, handle: HandleRequest): FetchListener {
    const { websocket, idleTimeout = MAX_IDLE_S, ...others } = this.#options;
    const sockets = new OpenWebSockets();
    const server = this.#bun.serve({
      ...others,
      idleTimeout,
      port,
      ...(hostname !== undefined && { hostname }),
      ...(websocket !== undefined && { websocket: sockets.follow(websocket) }),
      fetch: (request: RequestLike, own: BunServer): ResponseLike | undefined | Promise<ResponseLike | undefined> =>
        handle({ request, extra: [own] }),
    });
    return {
      port: server.port,
      hostname: hostname ?? '::',
      isSecure: server.url.protocol === 'https:',
      stop: () => server.stop(),
      abort: async () => {
        await waitUntilSent();
        void server.stop(true);
      },
      upgraded: () => sockets.all,
      underWay: () => server.pendingRequests,
      limitSilence: (request, isLimited) => {
        server.timeout(request, isLimited ? idleTimeout : 0);
      },
      hasAnswered: (request) => server.requestIP(request) === null,
    };
  }

  codeOf(error: unknown): string {
    const { code, message } = error as { code?: string; message?: string }; // as: whatever Bun throws
    return code ?? message ?? String(error);
  }

  isInKubernetes(): boolean {
    return isInKubernetes();
  }
}

/** The most that Bun can do. Its default of 10 cuts slow handlers without a word. Seconds. */
const MAX_IDLE_S = 255;

/** How long to wait until an answer of ours, instead of the program's, has been sent, also on a busy machine. Milliseconds. */
const SEND_MS = 20;

/** Waits `SEND_MS` by a timer of the host: timers of the reactor end with its run, for example after a second signal. */
function waitUntilSent(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, SEND_MS);
  });
}

/** `1001`, "going away" (RFC 6455, 7.4.1). */
const GOING_AWAY = 1_001;

class OpenWebSockets {
  readonly #sockets: Map<object, ServedUpgrade> = new Map();

  get all(): readonly ServedUpgrade[] {
    return [...this.#sockets.values()];
  }

  /** Returns handlers that call those of the program, and keep the list of open WebSockets. */
  follow(handlers: BunWebSocketHandlers): object {
    // as: Bun calls them with its own sockets
    const open = handlers.open as ((this: unknown, socket: BunWebSocket) => unknown) | undefined;
    const close = handlers.close as ((this: unknown, ...args: unknown[]) => unknown) | undefined;
    const opened = (socket: BunWebSocket): unknown => {
      this.#add(socket);
      return open?.call(handlers, socket);
    };
    const closed = (socket: BunWebSocket, ...more: unknown[]): unknown => {
      this.#sockets.delete(socket);
      return close?.call(handlers, socket, ...more);
    };
    return { ...handlers, open: opened, close: closed };
  }

  #add(socket: BunWebSocket): void {
    let isClosed = false;
    this.#sockets.set(socket, {
      close: () => {
        if (!isClosed) socket.close(GOING_AWAY);
        isClosed = true;
      },
      destroy: () => {
        socket.terminate();
      },
    });
  }
}
