import { type Tick } from '../../src/tasks/looping-call.ts';
import { HandClock } from '../hand-clock.ts';

/** One run: the time of the clock, and the tick that the run got. */
export interface Run {
  readonly now: number;
  readonly time: number;
  readonly missed: number;
}

/** Records the runs of a loop: pass `record` to `every`. */
export function recorder(clock: HandClock): { runs: Run[]; record: (tick: Tick) => void } {
  const runs: Run[] = [];
  return {
    runs,
    record: ({ time, missed }) => {
      runs.push({ now: clock.now(), time, missed });
    },
  };
}

/** A promise, and the functions that settle it. */
export function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise: Promise<void> = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
