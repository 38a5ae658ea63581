import type { Host } from '@triphase/core';

/** A source of events: a process, or one of its streams. `process` of Node has these methods. */
export interface HostEvents {
  /** Adds a listener. */
  on(event: string, listener: (argument: unknown) => void): unknown;
  /** Removes it. */
  off(event: string, listener: (argument: unknown) => void): unknown;
  /** How many listeners there are. */
  listenerCount(event: string): number;
}

/** `stdin`, as far as a run reads it. */
export interface HostInput extends HostEvents {
  /** Nothing more comes. */
  readonly destroyed: boolean;
  /** All that came was read. */
  readonly readableEnded: boolean;
  /** Null while nobody reads it. */
  readonly readableFlowing: boolean | null;
  /** Begins to read. */
  resume(): unknown;
  /** Stops reading: then stdin doesn't keep the process alive. */
  pause(): unknown;
}

/**
 * The process that a reactor runs in: the part that the hosts have in common. `process` of Node and Bun fits as it is; deno-shim makes one
 * out of `Deno`.
 *
 * The events are those of Node: the name of a signal, `uncaughtException`, `unhandledRejection`, `exit` (with the exit status),
 * `beforeExit`, `message`, `disconnect`, `worker`. An event that a host doesn't have is never emitted.
 */
export interface HostProcess extends HostEvents {
  /** Undefined until somebody sets it. */
  exitCode?: number | string | null | undefined;
  /** Its end is watched only with the option `stdin`. */
  readonly stdin: HostInput;
  /** Undefined where the host does not tell of its output. */
  readonly stdout: HostEvents | undefined;
  /** As `stdout`. */
  readonly stderr: HostEvents | undefined;
  /** Undefined where no parent has opened a channel. */
  readonly send?: unknown;
  /** Null when that channel is closed. */
  readonly channel?: { unref(): unknown } | null | undefined;
  /** Whether it is open. */
  readonly connected?: boolean;
  /** Ends the process at once, with `status`, else with the one that it has. */
  exit(status?: number): unknown;
}

/** What keeps a process alive. */
export interface HostHolders {
  /** As text; `''` if the runtime doesn't report it. */
  describe(): string;
  /** Hears of a worker thread, which may keep the process alive. */
  add(worker: unknown): void;
}

/** What only the package of a host can know or do. It asks nothing of the host before a run. */
export interface HostPlatform {
  /**
   * The object that all copies of this package in this process share, to keep the owner of the signals in (N6). Only needed if `process`
   * isn't such an object.
   */
  readonly registry?: object;
  /** Undefined for a signal that this system does not have. */
  signalNumber(signal: string): number | undefined;
  /** An error with its properties, on several lines. May throw. */
  inspect(value: unknown): string;
  /** Whether stdin is a terminal. */
  hasTerminal(): boolean;
  /** What keeps the process alive. Called once for a process. */
  holders(): HostHolders;
  /** Bytes that were written to stdout and stderr and not taken yet, some of them counted twice; 0 where the runtime does not tell. */
  pendingOutput(): number;
  /** Under a watcher, such as `bun --watch`: it keeps the process alive when nothing else does, and waits for a file to change (D9). */
  readonly isWatched?: boolean;
  /** Ends stdout, and calls `then` when all is written; undefined where `pendingOutput()` tells. */
  readonly flush?: ((then: () => void) => void) | undefined;
  /** A run begins that watches by itself whether the parent ends. From now on the host must not end the process when that happens (N25). */
  outliveParent(): void;
  /** The last run is over: the channel to the parent must not keep the process alive. `isEndWanted`: the process is to end, too. */
  leaveParent(isEndWanted: boolean): void;
  /** Sends this signal to the process, as if nobody listened to it. */
  endBySignal(signal: string): void;
}

/** A host with a process. */
export interface ProcessHost extends Host {
  /** Signals, uncaught errors, and the exit status. */
  readonly process: HostProcess;
  /** What is not the same on all of them. */
  readonly platform: HostPlatform;
}
