import type {
  HostAbortSignal,
  HostControl,
  Logger,
  OnError,
  PendingItem,
  ProcessOptions,
  ReactorState,
} from '@triphase/core';
import type { Program } from './program.ts';

/** What a program may choose. */
export interface ProcessLifeOptions extends ProcessOptions {
  readonly signals: false | readonly string[];
  readonly uncaught?: boolean;
  readonly disconnect?: boolean;
  readonly stdin?: boolean;
}

/** What the life of a process needs of the reactor that runs in it. */
export interface ReactorHandle {
  readonly control: HostControl;
  readonly logger: Logger;
  readonly onError: OnError | undefined;
  /** Of the shutdown; milliseconds. */
  readonly deadline: number;
  /** Aborts when stopping begins. */
  readonly signal: HostAbortSignal;
  /** Of the services used; milliseconds. */
  readonly leadTime: () => number;
  readonly pending: () => readonly PendingItem[];
  readonly state: () => ReactorState;
  readonly startupReport: Promise<unknown> | undefined;
  /** Fires `reload` as soon as the reactor runs, once more where it is under way. */
  readonly reload: (detail: unknown) => void;
  readonly program: Program | undefined;
}
