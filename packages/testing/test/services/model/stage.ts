import type { ReactorBase, ReactorOptions } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

import { LIMITS } from './plan.ts';

/** The reactor of a living program. */
export type StageReactor = ReactorBase;

/** The reactor that a program lives on, and how its time passes. */
export interface Stage {
  readonly reactor: StageReactor;
  /** In real time the machine may be late: only events that come too early are faults. */
  readonly isReal: boolean;
  /** The longest time that a stop may take, in milliseconds. */
  readonly longestStop: number;
  /** Two events at most this many milliseconds apart count as simultaneous. */
  readonly moment: number;
  /** Lets this many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /** Waits until the program has settled: in virtual time lets `ms` pass; in real time waits until `isOver()` and ignores `ms`. */
  settle(ms: number, isOver: () => boolean): Promise<void>;
}

/** A stage in virtual time. */
export function virtualStage(options: ReactorOptions): Stage {
  const reactor = new ManualReactor({ ...options, limits: LIMITS });
  const pass = (ms: number): Promise<void> => reactor.advanceAsync(ms);
  return { reactor, isReal: false, longestStop: LIMITS.shutdown.deadline, moment: 0, pass, settle: pass };
}
