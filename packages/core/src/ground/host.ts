/** The host's own type where the program has one (DOM, Node, Deno), else `F`. */
export type GlobalOf<N extends string, F> = typeof globalThis extends Record<N, { prototype: infer T }> ? T : F;

/** What is asked of a signal that is taken: any `AbortSignal` fits. */
export interface AbortSignalLike {
  /** Read when the signal is taken: an aborted one acts at once. */
  readonly aborted: boolean;
  /** Passed on as it is, such as to `cause` of a `StopReason`. */
  readonly reason: unknown;
  /** May be called for a signal that is aborted already, which then calls nobody. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Called as soon as an abort could change nothing any more, so that a long-lived signal gathers no listeners. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The signal that is given: `fetch(url, { signal: context.signal })` compiles wherever there is a `fetch`. */
export type HostAbortSignal = GlobalOf<'AbortSignal', AbortSignalLike>;

/** All that a reactor prints goes through one of these; `console`, pino and winston fit as they are (C56). */
export interface Logger {
  /** What goes as it should. */
  info(message: string): void;
  /** What goes on, but not as it should. */
  warn(message: string): void;
  /** What failed. One call is one whole block, of several lines. */
  error(message: string): void;
}

/** What core takes from the host, once, in the constructor of a reactor (C4). Runtime packages extend it. */
export interface Host {
  /** Calls back once; `ms` is whole and at most 2^31−1. What it returns is only ever given to `clearTimeout`. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Given nothing but what `setTimeout` of the same record has returned. */
  clearTimeout(handle: unknown): void;
  /** Monotonic milliseconds: `performance.now`. */
  now(): number;
  /** Where an unhandled error goes on a page; other hosts leave it out (C48). */
  reportError?(error: unknown): void;
  /** The default `logger`, and where an error goes when the logger itself throws (C48). */
  readonly console: Logger;
}

/** Why a run ended (C24). */
export interface StopReason {
  /** stop (the default), signal, abort, startup-failed, crash, dispose, main-ended, uncaught, pagehide, unload, or the program's own. */
  readonly kind: string;
  /** The name of the signal: `SIGTERM`. */
  readonly signal?: string;
  /** `abort`: the signal's reason; `startup-failed`, `uncaught`: the error. */
  readonly cause?: unknown;
}

/** The part of an `AbortController` that core uses. */
export interface AbortControllerLike {
  /** The host's own signal. */
  readonly signal: HostAbortSignal;
  /** Aborts it, once; a second call does nothing. */
  abort(reason: unknown): void;
}

interface HostGlobals {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  readonly performance: { now(): number };
  readonly console: Logger;
  readonly AbortController: new () => AbortControllerLike;
  readonly reportError?: (error: unknown) => void;
  readonly document?: unknown;
  readonly process?: {
    getBuiltinModule?(name: 'events'): { setMaxListeners?(n: number, target: HostAbortSignal): void } | undefined;
  };
}

// Core is compiled without any host's types: this is the one place that says what a host has (D10).
const globals = globalThis as unknown as HostGlobals;

/**
 * Takes the host's functions together, so that a reactor is wholly fake or wholly real under fake timers (C4).
 * Each is called without a receiver of ours: browsers refuse `setTimeout` on a foreign object.
 */
export function takeHost(replacement: Partial<Host> = {}): Host {
  const { setTimeout, clearTimeout, performance, console, reportError, document } = globals;
  const { now } = performance;
  return {
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => {
      clearTimeout(handle);
    },
    now: () => now.call(performance),
    console,
    ...(document !== undefined && reportError !== undefined && { reportError: (error: unknown) => reportError(error) }),
    ...replacement,
  };
}

/**
 * For runtime packages: a new controller, made when a signal is first read, since most are never asked for. Its signal has no limit of
 * listeners: up to Node 20 the eleventh prints a warning (N26).
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

/** The host's console at this moment, for parts that have no reactor. */
export function hostConsole(): Logger {
  return globals.console;
}

/** `Symbol.asyncDispose`, or what stands for it where the host has none: on WebKit a bare one names a method "undefined" (B14). */
export const asyncDispose: typeof Symbol.asyncDispose =
  (Symbol as { asyncDispose?: typeof Symbol.asyncDispose }).asyncDispose ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** `Symbol.dispose`, with the same fallback. */
export const dispose: typeof Symbol.dispose =
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

type DisposableClass = new (...args: never[]) => Disposable & { dispose(): void };

/**
 * Gives a class its `[Symbol.dispose]`: the same as its method `dispose`. Call it with a mark that it is pure. A class that defines a
 * method with a computed name, or has a static block, stays in a bundle of esbuild also where nobody uses it (B14).
 */
export function disposable<C extends DisposableClass>(type: C): C {
  const { prototype } = type as { readonly prototype: { dispose(): void } }; // as: TypeScript does not know it of a class in general
  Object.defineProperty(prototype, dispose, { value: prototype.dispose });
  return type;
}
