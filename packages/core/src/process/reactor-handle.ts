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
}

/** What the life of a process needs of the reactor that runs in it. */
export interface ReactorHandle {
  /** By it the process tells the run what happens: a stop, an escalation, an error. */
  readonly control: HostControl;
  /** The option `logger`, else the console. */
  readonly logger: Logger;
  /** The option `onError`. */
  readonly onError: OnError | undefined;
  /** The deadline of shutdown in milliseconds. */
  readonly deadline: number;
  /** Aborts when stopping begins. */
  readonly signal: HostAbortSignal;
  /** The longest lead time of the services used, in milliseconds. */
  readonly leadTime: () => number;
  /** What a start or stop waits for, including `Program.waiting()`. */
  readonly pending: () => readonly PendingItem[];
  /** The state of the run. */
  readonly state: () => ReactorState;
  /** Resolves when the start is over. */
  readonly startupReport: Promise<unknown> | undefined;
  /** Fires `reload`: at once if the reactor runs, else when its start is over. If a reload is under way, once more after it. */
  readonly reload: (detail: unknown) => void;
  /** Undefined where neither `runMain` nor `runService` runs it. */
  readonly program: Program | undefined;
}
