import type { ReactorBase, ReactorOptions } from '@triphase/core';

/** A reactor with one wrong method or hook. */
export interface SabotagedReactor {
  /** The statement of the contract that it breaks. */
  readonly statement: string;
  /** Its description, as in "the kit catches a reactor that …". Unique. */
  readonly what: string;
  readonly create: (options?: ReactorOptions) => ReactorBase;
}
