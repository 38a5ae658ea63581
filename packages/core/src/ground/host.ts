/** The type of the objects of the host's class `N`, if the program has the types of its host (DOM, Node, Deno); else `F`. */
export type GlobalOf<N extends string, F> = typeof globalThis extends Record<N, { prototype: infer T }> ? T : F;

/** The part of a signal that options use. Any `AbortSignal` fits. */
export interface AbortSignalLike {
  /** Read when the signal is passed in. An aborted signal takes effect at once. */
  readonly aborted: boolean;
  /** Passed on unchanged, such as to `cause` of a `StopReason`. */
  readonly reason: unknown;
  /** May be called on an aborted signal, which never calls the listener. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Called as soon as an abort would have no effect, so that a long-lived signal doesn't collect listeners. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The type of the signals that Triphase hands out: the host's own, so that `fetch(url, { signal: context.signal })` compiles. */
export type HostAbortSignal = GlobalOf<'AbortSignal', AbortSignalLike>;

/** Where a reactor prints to. `console`, pino and winston fit as they are (C56). */
export interface Logger {
  /** Normal progress. */
  info(message: string): void;
  /** A problem that the program survives. */
  warn(message: string): void;
  /** A failure. Each call is one complete message, which may have several lines. */
  error(message: string): void;
}

/** The functions of the host that core uses. A reactor reads them once, in its constructor (C4). Runtime packages extend this type. */
export interface Host {
  /** Calls `callback` once. `ms` is an integer of at most 2^31−1. The result is only passed to `clearTimeout`. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Called only with what `setTimeout` of the same object has returned. */
  clearTimeout(handle: unknown): void;
  /** Monotonic milliseconds, such as `performance.now()`. */
  now(): number;
  /** Milliseconds since 1970, such as `Date.now()`. It may jump, when the clock of the machine is set. Default: `Date.now` (C55). */
  wallNow?(): number;
  /** A random number from 0 to below 1. Default: `Math.random` (C55). */
  random?(): number;
  /** Reports an unhandled error on a page. Other hosts leave it out (C48). */
  reportError?(error: unknown): void;
  /** The default `logger`, and the fallback if the logger itself throws (C48). */
  readonly console: Logger;
}

/** The host as `takeHost` returns it: `wallNow` and `random` are always there. */
export type TakenHost = Host & Required<Pick<Host, 'wallNow' | 'random'>>;

/** Why a run ended (C24). */
export interface StopReason {
  /**
   * stop (the default), failed, signal, abort, startup-failed, service-failed, service-ended, crash, dispose, main-ended, uncaught, pagehide,
   * unload, or a program's own. Where only some of the services are stopped, it is restart or remove (C60, C63).
   */
  readonly kind: string;
  /** `service-failed`, `service-ended`, `restart`, `remove`: the name of the service. */
  readonly service?: string;
  /** The name of the signal: `SIGTERM`. */
  readonly signal?: string;
  /** `abort`: the signal's reason; `failed`, `startup-failed`, `service-failed`, `uncaught`: the error. */
  readonly cause?: unknown;
}

/** The part of an `AbortController` that core uses. */
export interface AbortControllerLike {
  /** The host's own signal. */
  readonly signal: HostAbortSignal;
  /** Aborts it, once; a second call does nothing. */
  abort(reason: unknown): void;
}

/** The part of an `AsyncLocalStorage` that core uses. */
export interface AsyncStorage {
  run<R>(store: unknown, fn: () => R): R;
  getStore(): unknown;
}

interface HostGlobals {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  readonly performance: { now(): number };
  readonly Date: { now(): number };
  readonly Math: { random(): number };
  readonly console: Logger;
  readonly AbortController: new () => AbortControllerLike;
  readonly reportError?: (error: unknown) => void;
  readonly document?: unknown;
  readonly process?: {
    getBuiltinModule?(name: 'events'): { setMaxListeners?(n: number, target: HostAbortSignal): void } | undefined;
    getBuiltinModule?(name: 'async_hooks'): { readonly AsyncLocalStorage?: new () => AsyncStorage } | undefined;
  };
}

// Core is compiled without host types: only this file declares what a host has (D10).
const globals = globalThis as unknown as HostGlobals;

/**
 * Reads the host's functions all at once, so that fake timers replace either all or none of them in a reactor (C4). None of them is called
 * as a method of the returned object: browsers throw for a `setTimeout` that is called on a foreign object.
 */
export function takeHost(replacement: Partial<Host> = {}): TakenHost {
  const { setTimeout, clearTimeout, performance, Date, Math, console, reportError, document } = globals;
  const { now } = performance;
  const { now: wallNow } = Date;
  const { random } = Math;
  return {
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => {
      clearTimeout(handle);
    },
    now: () => now.call(performance),
    wallNow: () => wallNow.call(Date),
    random: () => random.call(Math),
    console,
    ...(document !== undefined && reportError !== undefined && { reportError: (error: unknown) => reportError(error) }),
    ...replacement,
  };
}

/**
 * For runtime packages: makes a controller. Call it when a signal is first read, since most signals never are. Its signal has no limit
 * of listeners: up to Node 20 the eleventh would print a warning (N26).
 */
export function createAbortController(): AbortControllerLike {
  const controller = new globals.AbortController();
  try {
    globals.process?.getBuiltinModule?.('events')?.setMaxListeners?.(0, controller.signal);
  } catch {
    // A signal that is not Node's own, such as that of jsdom, has no limit to lift.
  }
  return controller;
}

/** A storage that follows async contexts, on hosts that have them: Node, Bun, Deno. */
export function createAsyncStorage(): AsyncStorage | undefined {
  try {
    const { AsyncLocalStorage } = globals.process?.getBuiltinModule?.('async_hooks') ?? {};
    return AsyncLocalStorage && new AsyncLocalStorage();
  } catch {
    return undefined;
  }
}

/** The host's current console, for code that has no reactor. */
export function hostConsole(): Logger {
  return globals.console;
}

/** `Symbol.asyncDispose`, or a fallback where the host has none: on WebKit a method would get the name "undefined" (B14). */
export const asyncDispose: typeof Symbol.asyncDispose =
  (Symbol as { asyncDispose?: typeof Symbol.asyncDispose }).asyncDispose ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** `Symbol.dispose`, with the same fallback. */
export const dispose: typeof Symbol.dispose =
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

type DisposableClass = new (...args: never[]) => Disposable & { dispose(): void };

/**
 * Gives a class a `[Symbol.dispose]` that is its method `dispose`. Mark the call as pure for bundlers. esbuild would keep an unused class
 * in a bundle if it had a method with a computed name or a static block (B14).
 */
export function disposable<C extends DisposableClass>(type: C): C {
  const { prototype } = type as { readonly prototype: { dispose(): void } }; // as: the type of `type` doesn't say what its prototype has
  Object.defineProperty(prototype, dispose, { value: prototype.dispose });
  return type;
}
