import type { ErrorSource } from './error-source.ts';
import type { StopReason } from './host.ts';
import type { FiringReport } from '../events/firing-report.ts';

/** The argument of `attachHost`, which tells the reactor what happens to its host. None of the methods throws (C1). */
export interface HostControl {
  /** Like `reactor.stop(reason)`. A stop that is under way goes on. */
  stop(reason: StopReason): void;
  /** Like `reactor.escalate(reason)`. */
  escalate(reason: StopReason): void;
  /**
   * Fires an event of the host, as soon as the host event under way is over. `terminal`: the host is closing, so the event under way is
   * escalated (C32). If the last waiting event has the type given in `undoes`, neither of the two is fired: they
   * cancel each other out (B8).
   */
  fire(type: unknown, detail: unknown, options: { readonly terminal: boolean; readonly undoes?: unknown }): void;
  /** Reports an error in a callback that the host called (C48). */
  report(error: unknown, source: ErrorSource): void;
  /**
   * Delays startup until the returned function is called, such as when a page has been parsed (B8). Call it in `attachHost`. If a stop
   * comes meanwhile, startup ends without running a phase (C29). Without `stopWaits` startup ends at once. With `stopWaits` it ends when the
   * returned function is called, or when the time limit for stopping a start has passed.
   */
  holdStart(options?: { readonly stopWaits?: boolean }): () => void;
  /** The report of the shutdown, once that is over. Unlike a promise it can be read at once, where the host ends in the same task. */
  shutdownReport(): FiringReport | undefined;
  /** Whether a trigger is registered for this event type. */
  hasTriggers(type: unknown): boolean;
  /** Rejects every pending `sleep` with `ReactorStoppedError`, as the end of the run does (C30). */
  endSleeps(): void;
}
