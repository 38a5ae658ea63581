import type { ReactorBase, RunResult, StartupFailedError } from '@triphase/core';
import { ignore } from './functions.ts';
import { rejectionOf } from './thrown.ts';

/** A run that has begun. */
export interface StartedRun {
  /** The promise of `run()`. Its rejection is handled already. */
  readonly ended: Promise<RunResult>;
}

/** Runs the reactor; resolves in `after startup`, or at the end of a run that does not get there. */
export async function start(reactor: ReactorBase): Promise<StartedRun> {
  const ended = reactor.run();
  ended.catch(ignore);
  if (reactor.state === 'starting') {
    const running: Promise<void> = new Promise((resolve) => {
      try {
        reactor.addSystemEventTrigger('after', 'startup', () => {
          resolve();
        });
      } catch {
        resolve(); // `after startup` has begun
      }
    });
    await Promise.race([running, ended.then(ignore, ignore)]);
  }
  return { ended };
}

/** Like {@link start}, but resolves once `state` is `running`. */
export async function startFully(reactor: ReactorBase): Promise<StartedRun> {
  const run = await start(reactor);
  while (reactor.state === 'starting') await nextTurn(reactor);
  return run;
}

/** One whole run: starts the reactor, calls `body`, waits for its promise, and stops the reactor. */
export async function runThrough(reactor: ReactorBase, body: () => unknown): Promise<RunResult> {
  await start(reactor);
  await body();
  return reactor.stop();
}

/** Runs a reactor whose start fails. Resolves with the error of `run()`. */
export async function failedStart(reactor: ReactorBase): Promise<StartupFailedError> {
  const ended: Promise<RunResult> = reactor.run();
  return (await rejectionOf(ended)) as StartupFailedError; // as: C26; the tests check it
}

/** Resolves inside the next turn of the reactor. */
export function nextTurn(reactor: ReactorBase): Promise<void> {
  return new Promise((resolve) => {
    reactor.callSoon(resolve);
  });
}

/** Resolves once the reactor runs. */
export function whenRunning(reactor: ReactorBase): Promise<void> {
  return new Promise((resolve) => {
    reactor.callWhenRunning(resolve);
  });
}
