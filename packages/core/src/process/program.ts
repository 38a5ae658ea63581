import type { HostControl, PendingItem, StopReason } from '@triphase/core';

/** The life of the process in which a program runs. */
export interface ProgramLife {
  /** Whether a stop with this reason has come from outside, not from the program itself. */
  isFromOutside(reason: StopReason): boolean;
  /** Whether an error may come from stdout or stderr, since nobody reads it any more (N23). */
  isOutputError(error: unknown): boolean;
  /**
   * Something has failed that is not in the result: the process ends with `status`, or with a higher one. Returns `false` if the run
   * doesn't set the exit status.
   */
  failed(status?: number): boolean;
  /** Reports an error that has no caller. */
  report(error: unknown, origin: string): void;
  /** Prints a line. */
  say(line: string): void;
}

/** What `runMain` and `runService` add to the run of their reactor. */
export interface Program {
  /** Whether the run keeps the process alive; one of `runMain` does not (N24). */
  readonly keepsAlive: boolean;
  /** Whether an exit of the process at any time of the run cuts it short. Otherwise only an exit while it stops does (N22). */
  readonly isService: boolean;
  /** The first signal that came before the program had done its work. It decides the exit status (N24). */
  readonly interruptedBy: string | undefined;
  /** What a start or stop waits for that is not in `reactor.pending()`. */
  waiting(): readonly PendingItem[];
  /** The run begins; nothing has been fired. */
  attach(control: HostControl, life: ProgramLife): void;
  /** `run()` has been called. */
  begin(): void;
  /** A signal has come, whether or not it began the stop. */
  onSignal?(signal: string): void;
  /** Nothing is left on the loop, and the run is not over. Only where the run does not keep the process alive. */
  stalled?(): void;
}
