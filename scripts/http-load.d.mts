import type { ChildProcess } from 'node:child_process';

/** What became of the requests of a load. */
export interface Counts {
  readonly answered: number;
  readonly refused: number;
  /** Clients that left because an answer said `Connection: close`. */
  readonly left: number;
  /** Requests that got any error but a refused connection, or an answer of 500 and above. */
  readonly broken: number;
  /** The broken ones by error code or status. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface LoadOptions {
  readonly host?: string;
  readonly path?: string;
  readonly clients?: number;
  /** Default true; `false` connects anew for each request. */
  readonly keepAlive?: boolean;
  /** Goes on after a refused connection. */
  readonly patient?: boolean;
  /** A client leaves when an answer says `Connection: close`. */
  readonly leaves?: boolean;
  /** Makes each request a POST. `n` counts the requests of a client, from 0. */
  readonly body?: (request: { readonly client: number; readonly n: number }) => string;
  /** Hears every answer; `body` is that of the request. What it throws ends the load, and rejects `stop()` and `left()`. */
  readonly onAnswer?: (status: number, answer: string, body: string) => void;
  /** Milliseconds between an answer and the next request. `status`: undefined if there was none. Default: no pause. */
  readonly pause?: (status: number | undefined) => number;
}

export declare class Load {
  readonly counts: Counts;
  constructor(options: LoadOptions & { readonly port: number });
  start(): this;
  answers(n: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  stop(): Promise<Counts>;
  left(): Promise<Counts>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly port?: number;
}

export declare class Program {
  readonly stdout: string;
  readonly stderr: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** The exit status, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  static start(command: readonly string[], options?: ProgramOptions): Promise<Program>;
  end(signal?: NodeJS.Signals, limitMs?: number): Promise<{ readonly status: number | string; readonly ms: number }>;
}

export interface StoppedUnderLoad extends Counts {
  readonly status: number | string;
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
}

export declare function stopUnderLoad(
  command: readonly string[],
  options?: LoadOptions &
    ProgramOptions & { readonly before?: number; readonly signal?: NodeJS.Signals; readonly limitMs?: number },
): Promise<StoppedUnderLoad>;

export declare function freePort(): Promise<number>;
