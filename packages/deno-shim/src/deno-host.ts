import type { Host } from '@triphase/core';

/** The part of `Deno` that a {@link DenoReactor} uses; none of it needs a permission. */
export interface DenoNamespace {
  /** Throws for a signal that nobody can listen to, such as `SIGKILL`. */
  addSignalListener(signal: string, listener: () => void): void;
  /** Given the signal and the very function that were added. */
  removeSignalListener(signal: string, listener: () => void): void;
  /** Read for the signals there are: `os` is `windows` where there is no `SIGTERM`. */
  readonly build: { readonly os: string };
  /** 1 in a container where nothing else started it. */
  readonly pid: number;
  /** The status that the process ends with; 0 until somebody sets it. */
  exitCode: number;
  /** Ends the process at once, after `unload`. */
  exit(status?: number): void;
  /** Sends a signal to a process: to this one, which needs no permission. */
  kill(pid: number, signal: string): void;
  /** An error with its properties, on several lines. */
  inspect(value: unknown): string;
  /** Tells whether stdin is a terminal. If it is, SIGHUP means that the terminal was closed. */
  readonly stdin: { isTerminal(): boolean };
  /** Asked whether the program may read its own command line; no user is prompted. */
  readonly permissions?: { querySync(permission: { readonly name: 'read'; readonly path: string }): { state: string } };
  /** The address of the main module; of interest under `deno serve`. */
  readonly mainModule?: string;
  /** Reads the command line of this process, where that is permitted. */
  readTextFileSync?(path: string): string;
}

/** An event of Deno's global scope. */
export interface GlobalEvent {
  /** Of `error`. */
  readonly error?: unknown;
  /** Of `unhandledrejection`. */
  readonly reason?: unknown;
  /** Of `error` and `unhandledrejection`: Deno does not end the process. */
  preventDefault(): void;
}

/** What a {@link DenoReactor} takes from its host, once, in the constructor (C4). */
export interface DenoHost extends Host {
  /** Enters a turn, at most once between two macrotasks of the host (D2). */
  queueMicrotask(callback: () => void): void;
  /** Tells that the host has had a macrotask, and enters a turn that directly follows another turn (D2). */
  setImmediate(callback: () => void): unknown;
  /** Given what `setImmediate` has returned, when the run is over. */
  clearImmediate(handle: unknown): void;
  /** That of the global scope, for `unload`, `beforeunload`, `error` and `unhandledrejection`; a host without it has none of them. */
  addEventListener?(type: string, listener: (event: GlobalEvent) => void): void;
  /** Called when the run is over, with the arguments that `addEventListener` got. */
  removeEventListener?(type: string, listener: (event: GlobalEvent) => void): void;
  /** Where there is none `run()` throws `HostMissingError`. */
  readonly Deno: DenoNamespace;
}
