import { ReactorStoppedError, type AnyEvents, type RunResult } from '@triphase/core';
import { NodeReactor, type NodeReactorOptions } from './node-reactor.ts';

/**
 * For scripts: `main` is called once the reactor runs; when it settles the reactor stops, with `{ kind: 'main-ended' }`. A rejection is
 * reported and makes the exit status 1. Resolves with the result of the run; rejects with `StartupFailedError` alone. [Twisted: `task.react`]
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
  const reactor = new NodeReactor<E>(options);
  const ended = (cause?: unknown): void => {
    if (reactor.state === 'running') void reactor.stop({ kind: 'main-ended', cause });
  };
  reactor.callWhenRunning(async () => {
    try {
      await main(reactor);
      ended();
    } catch (error) {
      if (error instanceof ReactorStoppedError || (reactor.signal.aborted && error === reactor.signal.reason)) return; // it was told to end
      if (reactor.state !== 'running') throw error; // to the error path: whoever stopped the reactor had the word
      // A trigger that fails: reported on the one error path, in the result, and so in the exit status.
      reactor.once('shutdown', { before: () => Promise.reject(error as Error) }, { name: main.name || 'main' }); // as: it may be anything
      ended(error);
    }
  });
  return reactor.run();
}

/**
 * For services: `setup` is awaited and registers; then the reactor runs until it is stopped. Resolves with the result of the run; rejects
 * when the start failed, with `StartupFailedError`, or with what `setup` threw.
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
  const reactor = new NodeReactor<E>(options);
  await setup(reactor);
  return reactor.run();
}
