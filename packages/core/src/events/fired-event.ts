import type { ErrorSource } from '../ground/error-source.ts';
import type { Phase } from '../ground/events.ts';
import type { FiringReport } from './firing-report.ts';
import type { Aborted } from './trigger-call.ts';
import type { ActiveFiring, TriggerList } from './trigger.ts';

/** How long a phase waits for pending calls: until its limits; at most 64 microtasks, if the host is closing (`grace`); not at all (C32). */
export type WaitMode = 'wait' | 'grace' | 'none';

/** The hooks of the reactor into the firings of `startup` and `shutdown`. */
export interface FiringPolicy {
  /** A phase begins, and its registered triggers have not been called yet. May call triggers with `firing.call`. */
  enterPhase(phase: Phase, firing: ActiveFiring): void;
  /** Nothing of the phase is pending any more. May call further triggers: the phase waits for them too (C67). */
  phaseSettled?(phase: Phase, firing: ActiveFiring): void;
  /** A trigger or service failed that the start requires (C26). Only `startup` has this hook: an event that has it is startup. */
  startFailed?(error: unknown, source: ErrorSource): void;
  /** Whether the event is over in this run: a new trigger would never be called (C17). */
  hasPassed(): boolean;
}

/** What a firing needs of the event that is fired. */
export interface FiredEvent {
  readonly type: unknown;
  /** In the order of the phases. */
  readonly lists: readonly TriggerList[];
  readonly policy: FiringPolicy | undefined;
  /** Called once, synchronously, when the firing under way is over. */
  ended(): void;
}

/** Settings that only the reactor and the host give to a firing. */
export interface FiringSettings {
  /** The host is closing now (C32). */
  readonly terminal?: boolean;
  /** When its deadline began to count, if that was before the firing (C29). */
  readonly deadlineFrom?: number;
  /** It was cut before it began: no phase is run. */
  readonly cut?: Aborted;
  /** It was escalated before it began: no phase waits (C32). */
  readonly escalated?: Aborted;
  /** Called when it is over, synchronously. */
  readonly onOver?: (report: FiringReport) => void;
}
