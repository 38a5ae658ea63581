import type { ReactorBase, ReactorOptions } from '@triphase/core';

/** A reactor class that gets one method or hook wrong. */
export interface SabotagedReactor {
  /** The statement of the contract that it breaks. */
  readonly statement: string;
  /** What it is, as the end of a sentence; no two are alike. */
  readonly what: string;
  readonly create: (options?: ReactorOptions) => ReactorBase;
}
