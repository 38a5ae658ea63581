import type { Host } from '@triphase/core';

/** The part of `Deno` that a {@link DenoReactor} uses; none of it needs a permission. */
export interface DenoNamespace {
  /** Throws for a signal that nobody can listen to, such as `SIGKILL`. */
  addSignalListener(signal: string, listener: () => void): void;
  /** Given the signal and the very function that were added. */
  removeSignalListener(signal: string, listener: () => void): void;
  /** Read for the signals there are: `os` is `windows` where there is no `SIGTERM`. */
  readonly build: { readonly os: string };
}

/** What a {@link DenoReactor} takes from its host, once, in the constructor (C4). */
export interface DenoHost extends Host {
  /** Enters a turn, at most once between two macrotasks of the host (D2). */
  queueMicrotask(callback: () => void): void;
  /** Tells that the host has had a macrotask, and enters the turns that follow on another (D2). */
  setImmediate(callback: () => void): unknown;
  /** Given what `setImmediate` has returned, when the run is over. */
  clearImmediate(handle: unknown): void;
  /** Those of the global scope; a host without them has no `unload`. */
  addEventListener?(type: 'unload', listener: () => void): void;
  /** Given what `addEventListener` was, when the run is over. */
  removeEventListener?(type: 'unload', listener: () => void): void;
  /** Where there is none `run()` throws `HostMissingError`. */
  readonly Deno: DenoNamespace;
}

/** What is taken here; core takes the rest. */
export type DenoFunctions = Omit<DenoHost, keyof Host>;

// This package is compiled without any host's types: this is the one place that says what Deno has (D1).
const globals = globalThis as unknown as Partial<DenoFunctions>;

/** Takes Deno's functions together; `undefined` on any other host, where only `run()` minds (C3). */
export function takeDenoHost(replacement: Partial<DenoHost> = {}): DenoFunctions | undefined {
  const {
    queueMicrotask = globals.queueMicrotask,
    setImmediate = globals.setImmediate,
    clearImmediate = globals.clearImmediate,
    addEventListener = globals.addEventListener,
    removeEventListener = globals.removeEventListener,
    Deno = globals.Deno,
  } = replacement;
  if (queueMicrotask === undefined || setImmediate === undefined || clearImmediate === undefined) return undefined;
  if (Deno === undefined) return undefined;
  return {
    // Deno refuses some of them on an object that is not its global scope.
    queueMicrotask: (callback) => {
      queueMicrotask(callback);
    },
    setImmediate: (callback) => setImmediate(callback),
    clearImmediate: (handle) => {
      clearImmediate(handle);
    },
    addEventListener: (type, listener) => addEventListener?.(type, listener),
    removeEventListener: (type, listener) => removeEventListener?.(type, listener),
    Deno,
  };
}
