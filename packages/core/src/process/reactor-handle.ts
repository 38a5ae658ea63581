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
  /** Those that stop it; `false` for none. */
  readonly signals: false | readonly string[];
  /** `false` leaves uncaught errors to the process. */
  readonly uncaught?: boolean;
  /** `false`: it goes on when the channel to its parent closes. */
  readonly disconnect?: boolean;
  /** It stops at the end of stdin. */
  readonly stdin?: boolean;
}

/** What the life of a process needs of the reactor that runs in it. */
export interface ReactorHandle {
  /** What the run takes from its host. */
  readonly control: HostControl;
  /** The one given, else the console. */
  readonly logger: Logger;
  /** The one given. */
  readonly onError: OnError | undefined;
  /** Of the shutdown; milliseconds. */
  readonly deadline: number;
  /** Aborts when stopping begins. */
  readonly signal: HostAbortSignal;
  /** Of the services used; milliseconds. */
  readonly leadTime: () => number;
  /** What a start or stop waits for, that of the program too. */
  readonly pending: () => readonly PendingItem[];
  /** The state of the run. */
  readonly state: () => ReactorState;
  /** Resolves when the start is over. */
  readonly startupReport: Promise<unknown> | undefined;
  /** Fires `reload` as soon as the reactor runs, once more where it is under way. */
  readonly reload: (detail: unknown) => void;
  /** Undefined where neither `runMain` nor `runService` runs it. */
  readonly program: Program | undefined;
}
