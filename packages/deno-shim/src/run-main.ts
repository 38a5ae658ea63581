import type { AnyEvents, RunResult } from '@triphase/core';
import { MainProgram, ServiceProgram } from '@triphase/core/process';
import { DenoReactor, runProgram, type DenoReactorOptions } from './deno-reactor.ts';

/**
 * For scripts: `main` is called once the reactor runs; when it settles the reactor stops, with `{ kind: 'main-ended' }`. A rejection is
 * reported and makes the exit status 1, unless `main` rejects only because the reactor stops. Resolves with the result of
 * the run; rejects with `StartupFailedError` alone. [Twisted: `task.react`]
 *
 * A signal aborts `reactor.signal` and ends every `sleep`; `before shutdown` then waits for `main`, so that its `finally` blocks run before
 * resources close, and the exit status is 128 + n unless `main` sets `process.exitCode` or `Deno.exitCode` (N24). The run itself does not
 * keep the process alive: if nothing can settle `main` any more, a message names it and the status is 13. Not where `runMain` is awaited at
 * top level: Deno emits no event then.
 *
 * @example
 * await runMain(async (reactor) => {
 *   await sleep(reactor, 1_000);
 * });
 */
export function runMain<E extends object = AnyEvents>(
  main: (reactor: DenoReactor<E>) => unknown,
  options?: DenoReactorOptions,
): Promise<RunResult> {
  const reactor: DenoReactor<E> = new DenoReactor(options);
  return runProgram(reactor, new MainProgram(reactor, () => main(reactor), main.name || 'main'));
}

/**
 * For services: `setup` registers services and triggers, and is awaited; then the reactor starts, and runs until it is stopped. Resolves
 * with the result of the run; rejects with `StartupFailedError` when the start failed. A `setup` that throws is a start that failed before
 * its first phase: `shutdown` fires all the same, for what `setup` had opened.
 *
 * Signals are handled already before `setup` is called: one that comes meanwhile aborts `app.signal`, nothing is started, and `shutdown` fires
 * once `setup` has settled (N7).
 *
 * @example
 * await runService((app) => {
 *   const db = app.use(resource('db', openDb, (db) => db.close()));
 * });
 */
export async function runService<E extends object = AnyEvents>(
  setup: (reactor: DenoReactor<E>) => unknown,
  options?: DenoReactorOptions,
): Promise<RunResult> {
  const reactor: DenoReactor<E> = new DenoReactor(options);
  return runProgram(reactor, new ServiceProgram(reactor, () => setup(reactor)));
}
