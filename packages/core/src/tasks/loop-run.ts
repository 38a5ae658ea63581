import type { Clock } from '../ground/clock.ts';
import { TimeoutError } from '../ground/errors.ts';
import { createAbortController, dispose, type AbortControllerLike, type HostAbortSignal } from '../ground/host.ts';
import { whenSettled } from '../ground/thenable.ts';

/** One slot of a grid in time (C44). */
export interface Tick {
  /** The time of its slot, milliseconds on the clock; with the interval 0, the time of the run. */
  readonly time: number;
  /** How many slots have passed without a run since the last one. */
  readonly missed: number;
}

/** The argument of each run of `every` (C44). */
export interface RunTick extends Tick {
  /** Aborts when the run has taken longer than the option `timeout` allows. */
  readonly signal: HostAbortSignal;
}

/** A class, since its signal is only made when it is read, and most runs never read it. */
export class LoopTick implements RunTick {
  readonly time: number;
  readonly missed: number;
  #controller: AbortControllerLike | undefined;

  constructor(time: number, missed: number) {
    this.time = time;
    this.missed = missed;
  }

  get signal(): HostAbortSignal {
    return (this.#controller ??= createAbortController()).signal;
  }

  static abort(tick: LoopTick, reason: unknown): void {
    (tick.#controller ??= createAbortController()).abort(reason);
  }
}

/**
 * Limits a run to `ms` milliseconds. If `result` is a thenable, returns a promise that settles as it does, or rejects at the limit. Any
 * other result is returned as it is.
 */
export function limitRun(clock: Clock, ms: number, name: string, tick: LoopTick, result: unknown): unknown {
  let settle: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const run = whenSettled(
    result,
    () => {
      settle();
    },
    (error) => {
      fail(error);
    },
  );
  if (run === undefined) return result;
  return new Promise<void>((resolve, reject) => {
    const onTime = (): void => {
      const error = new TimeoutError(
        `A run of "${name}" timed out after ${String(ms)} ms: end it when its signal aborts, or raise its timeout`,
        ms,
      );
      reject(error);
      LoopTick.abort(tick, error);
    };
    const timer = clock.callLater(ms, onTime, { name });
    settle = () => {
      timer[dispose]();
      resolve();
    };
    fail = (error) => {
      timer[dispose]();
      (reject as (reason: unknown) => void)(error); // as: a run may reject with anything
    };
  });
}
