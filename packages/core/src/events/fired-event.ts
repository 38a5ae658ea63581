import type { ErrorSource } from '../ground/error-source.ts';
import type { Phase } from '../ground/events.ts';
import type { FiringReport } from './firing-report.ts';
import type { Aborted } from './trigger-call.ts';
import type { OpenFiring, TriggerList } from './trigger.ts';

/** What the reactor adds to the firings of `startup` and `shutdown`. */
export interface FiringPolicy {
  /** A phase begins; its plain triggers have not been called. May call `firing.call`. */
  enterPhase(phase: Phase, firing: OpenFiring): void;
  /** A trigger failed that the start cannot do without (C26). Startup only. */
  startFailed?(error: unknown, source: ErrorSource): void;
  /** Whether a trigger for this phase can no longer run in this run (C17). */
  hasPassed(): boolean;
}

/** What a firing needs of the event that is fired. */
export interface FiredEvent {
  readonly type: unknown;
  /** In the order of the phases. */
  readonly lists: readonly TriggerList[];
  readonly policy: FiringPolicy | undefined;
  /** The firing under way is over; called once, synchronously. */
  ended(): void;
}

/** How one firing differs from the others of its event. */
export interface FiringSettings {
  /** The host goes away now (C32). */
  readonly terminal?: boolean;
  /** When its deadline began to count, if before the firing (C29). */
  readonly deadlineFrom?: number;
  /** Stopped before it was fired: no phase begins. */
  readonly cut?: Aborted;
  /** Escalated before it was fired: no phase waits (C32). */
  readonly escalated?: Aborted;
  /** Called when it is over, synchronously. */
  readonly over?: (report: FiringReport) => void;
}
