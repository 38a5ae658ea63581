import type { AnyEvents, RunResult } from '@triphase/core';
import { failStart, NodeReactor, type NodeReactorOptions } from './node-reactor.ts';
import { failedStreams, QUIET_PIPE } from './output.ts';
import { saysThatItStops } from './says-that-it-stops.ts';

/**
 * For scripts: `main` is called once the reactor runs; when it settles the reactor stops, with `{ kind: 'main-ended' }`. A rejection is
 * reported and makes the exit status 1; one that only says that the reactor stops is none. Resolves with the result of the run; rejects
 * with `StartupFailedError` alone. [Twisted: `task.react`]
 *
 * @example
 * await runMain(async (reactor) => {
 *   await sleep(reactor, 1_000);
 * });
 */
export function runMain<E extends object = AnyEvents>(
  main: (reactor: NodeReactor<E>) => unknown,
  options?: NodeReactorOptions,
): Promise<RunResult> {
  const reactor: NodeReactor<E> = new NodeReactor({ ...options, [QUIET_PIPE]: true } as NodeReactorOptions); // as: the option is ours
  reactor.callWhenRunning(async () => {
    try {
      await main(reactor);
      if (!reactor.signal.aborted) void reactor.stop({ kind: 'main-ended' });
    } catch (error) {
      if (reactor.signal.aborted && saysThatItStops(error, reactor.signal.reason)) return;
      // Its reader has gone away, and nothing in main is wrong (N23).
      if (failedStreams(options?.host?.process ?? process, error).length > 0) {
        void reactor.stop({ kind: 'uncaught', cause: error });
        return;
      }
      failShutdown(reactor, main.name || 'main', error);
      if (!reactor.signal.aborted) void reactor.stop({ kind: 'main-ended', cause: error });
    }
  });
  return reactor.run();
}

/**
 * For services: `setup` is awaited and registers; then the reactor runs until it is stopped. Resolves with the result of the run; rejects
 * with `StartupFailedError` when the start failed. A `setup` that throws is a start that failed before its first phase: `shutdown` fires
 * all the same, for what `setup` had opened.
 *
 * @example
 * await runService((app) => {
 *   const db = app.use(resource('db', openDb, (db) => db.close()));
 * });
 */
export async function runService<E extends object = AnyEvents>(
  setup: (reactor: NodeReactor<E>) => unknown,
  options?: NodeReactorOptions,
): Promise<RunResult> {
  const reactor: NodeReactor<E> = new NodeReactor(options);
  try {
    await setup(reactor);
  } catch (error) {
    return failStart(reactor, error);
  }
  return reactor.run();
}

/** A trigger that fails is in the result, on the error path, and so in the exit status. Past the last phase only the error path is left (C17). */
function failShutdown(reactor: NodeReactor, name: string, error: unknown): void {
  const fail = (): never => {
    throw error;
  };
  try {
    reactor.once('shutdown', { after: fail }, { name });
  } catch {
    throw error;
  }
}
