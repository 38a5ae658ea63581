import type { Host } from '@triphase/core';
import type { ProcessHost } from '@triphase/core/process';
import type { DenoHost } from './deno-host.ts';
import { DenoPlatform } from './deno-platform.ts';
import { DenoProcess, type GlobalProcess } from './deno-process.ts';
import { signalNumber } from './signal-numbers.ts';

/** What is taken of Deno's own functions. */
export type DenoFunctions = Required<Omit<DenoHost, keyof Host>>;

/** Deno, with the process that the reactors in it share. */
export type TakenDenoHost = DenoFunctions & ProcessHost & { readonly isWorker: boolean };

type Globals = Partial<DenoHost> & {
  readonly process?: GlobalProcess;
  readonly performance?: { now(): number };
  readonly WorkerGlobalScope?: new () => unknown;
};

// This package is compiled without any host's types: this is the one place that says what Deno has (D1).
const globals = globalThis as unknown as Globals;

/** Takes Deno's functions together; returns `undefined` on any other host: that is no error before `run()` is called (C3). */
export function takeDenoHost(replacement: Partial<DenoHost> = {}): TakenDenoHost | undefined {
  const { performance } = globals;
  const readClock = performance?.now; // a clock that is faked later must not reach a reactor that is wholly real (C4)
  const {
    queueMicrotask = globals.queueMicrotask,
    setImmediate = globals.setImmediate,
    clearImmediate = globals.clearImmediate,
    addEventListener = globals.addEventListener,
    removeEventListener = globals.removeEventListener,
    setTimeout = globals.setTimeout,
    clearTimeout = globals.clearTimeout,
    console = globals.console,
    now = readClock && (() => readClock.call(performance)),
    Deno = globals.Deno,
  } = replacement;
  if (queueMicrotask === undefined || setImmediate === undefined || clearImmediate === undefined) return undefined;
  if (setTimeout === undefined || clearTimeout === undefined || console === undefined) return undefined;
  if (now === undefined || Deno === undefined) return undefined;
  const functions: DenoFunctions = {
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
  const { os } = Deno.build;
  const isInWorker = Deno === globals.Deno && isWorker();
  // The `process` of a worker throws when it is used.
  const global = Deno === globals.Deno && !isInWorker ? globals.process : undefined;
  const process = new DenoProcess(functions, global, (event) => signalNumber(os, event) !== undefined);
  return {
    ...functions,
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => {
      clearTimeout(handle);
    },
    now,
    console,
    process,
    platform: new DenoPlatform(Deno, process, global),
    isWorker: isInWorker,
  };
}

function isWorker(): boolean {
  const { WorkerGlobalScope } = globals;
  return WorkerGlobalScope !== undefined && globalThis instanceof WorkerGlobalScope;
}
