import type { ReactorBase, ReactorOptions } from '@triphase/core';

/** A reactor class that gets one method or hook wrong. */
export interface SabotagedReactor {
  /** The statement of the contract that it breaks. */
  readonly statement: string;
  /** What it is, as the end of a sentence; no two are alike. */
  readonly what: string;
  readonly create: (options?: ReactorOptions) => ReactorBase;
}

/** A core in which one piece of the source is another one. */
export interface SabotagedCore {
  readonly statement: string;
  readonly what: string;
  /** The file, below `packages/core/src`. */
  readonly file: string;
  /** Stands in that file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export type Sabotage = SabotagedReactor | SabotagedCore;
