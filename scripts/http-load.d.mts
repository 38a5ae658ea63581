/** The types of `http-load.mjs`, for the tests in TypeScript that import it. */
import type { ChildProcess } from 'node:child_process';

/** How the requests of a load ended. */
export interface Counts {
  /** Requests with an answer below 500. */
  readonly answered: number;
  /** Refused connections. */
  readonly refused: number;
  /** Clients that left because an answer said `Connection: close`. */
  readonly left: number;
  /** Requests that ended with an error other than a refused connection, or with an answer of 500 or above. */
  readonly broken: number;
  /** The broken requests by error code or status. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface LoadOptions {
  /** Default: `127.0.0.1`. */
  readonly host?: string;
  /** Default: `/`. */
  readonly path?: string;
  /** The number of clients. Default: 20. */
  readonly clients?: number;
  /** `false` opens a new connection for each request. Default: true. */
  readonly keepAlive?: boolean;
  /** A client tries again 5 ms after a refused connection. Default: false; the client leaves. */
  readonly patient?: boolean;
  /** A client leaves when an answer says `Connection: close`. */
  readonly leaves?: boolean;
  /** Makes each request a POST with the returned text. `n` counts the requests of a client, from 0. */
  readonly body?: (request: { readonly client: number; readonly n: number }) => string;
  /** Called for every answer; `body` is the body of the request. An error that it throws ends the load and rejects `stop()` and `left()`. */
  readonly onAnswer?: (status: number, answer: string, body: string) => void;
  /** Returns the milliseconds between an answer and the next request. `status` is undefined if there was no answer. Default: no pause. */
  readonly pause?: (status: number | undefined) => number;
}

/** Clients that send requests to one port. */
export declare class Load {
  readonly counts: Counts;
  constructor(options: LoadOptions & { readonly port: number });
  start(): this;
  /** Resolves when at least `n` more requests have been answered. */
  answers(n: number): Promise<void>;
  /** Resolves when `condition()` holds. Rejects if all clients leave first. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Sends no new requests. Resolves with the counts when the requests under way are over. */
  stop(): Promise<Counts>;
  /** Resolves with the counts when all clients have left. */
  left(): Promise<Counts>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The value of `PORT`. Default: a free port. */
  readonly port?: number;
}

/** A program in its own process. */
export declare class Program {
  readonly stdout: string;
  readonly stderr: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** The exit status, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Starts a program, and resolves when its port accepts connections. */
  static start(command: readonly string[], options?: ProgramOptions): Promise<Program>;
  /** Sends a signal (default SIGTERM), and SIGKILL after `limitMs` (default 30,000). Resolves when the process has ended. */
  end(signal?: NodeJS.Signals, limitMs?: number): Promise<{ readonly status: number | string; readonly ms: number }>;
}

/** How a program and its requests ended. `ms`: the time from the signal to the end of the process. */
export interface StoppedUnderLoad extends Omit<Counts, 'left'> {
  readonly status: number | string;
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program, puts load on it, and sends the signal after `before` answers (default 200). */
export declare function stopUnderLoad(
  command: readonly string[],
  options?: LoadOptions &
    ProgramOptions & { readonly before?: number; readonly signal?: NodeJS.Signals; readonly limitMs?: number },
): Promise<StoppedUnderLoad>;

/** A TCP port that is free now. */
export declare function freePort(): Promise<number>;
