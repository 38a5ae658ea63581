import type { ReactorBase, RunResult, StartupFailedError } from '@triphase/core';
import { ignore } from './functions.ts';
import { rejectionOf } from './thrown.ts';

/** A run under way: its end, with the rejection of a failed start already heard. */
export interface StartedRun {
  readonly ended: Promise<RunResult>;
}

/** Runs the reactor; resolves in `after startup`, or when it is known that the reactor never gets there. */
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

/** As {@link start}, and resolves once `state` is `running`. */
export async function startFully(reactor: ReactorBase): Promise<StartedRun> {
  const run = await start(reactor);
  while (reactor.state === 'starting') await nextTurn(reactor);
  return run;
}

/** One whole run: `body` is called once the reactor runs, and when what it returned has settled the reactor is stopped. */
export async function runThrough(reactor: ReactorBase, body: () => unknown): Promise<RunResult> {
  await start(reactor);
  await body();
  return reactor.stop();
}

/** Runs a reactor that is bound to fail, to the end of its run. */
export async function failedStart(reactor: ReactorBase): Promise<StartupFailedError> {
  const ended: Promise<RunResult> = reactor.run();
  return (await rejectionOf(ended)) as StartupFailedError; // as: C26, and each test looks at it
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
