import type { ReactorBase, ReactorOptions } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

import { LIMITS } from './plan.ts';

/** What a living program uses of its reactor. */
export type StageReactor = ReactorBase;

/** The reactor that a program lives on, and how its time passes. */
export interface Stage {
  readonly reactor: StageReactor;
  /** The machine may be late: nothing holds to the millisecond, and only what must not come early is checked. */
  readonly isReal: boolean;
  /** The longest time that a stop may take, in milliseconds. */
  readonly longestStop: number;
  /** The longest time between two things that happen at the same moment, in milliseconds. */
  readonly moment: number;
  /** Lets this many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until nothing else can happen: in virtual time all of it, in real time until `isOver`. */
  settle(ms: number, isOver: () => boolean): Promise<void>;
}

export function virtualStage(options: ReactorOptions): Stage {
  const reactor = new ManualReactor({ ...options, limits: LIMITS });
  const pass = (ms: number): Promise<void> => reactor.advanceAsync(ms);
  return { reactor, isReal: false, longestStop: LIMITS.shutdown.deadline, moment: 0, pass, settle: pass };
}
