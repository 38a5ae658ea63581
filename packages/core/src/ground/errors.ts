import type { Phase } from './events.ts';

/** The base of the errors of Triphase: each has a `code` that stays when class names are minified, and a message that ends with the remedy. */
export abstract class TriphaseError extends Error {
  /** What to compare by: it stays when class names are minified. */
  abstract readonly code: `ERR_TRIPHASE_${string}`;
  /** The name of the class, as short as a bundler has made it. */
  override get name(): string {
    return this.constructor.name;
  }
}

/** A phase other than `before`, `during` and `after` was named; nothing was registered (C6). */
export class InvalidPhaseError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_INVALID_PHASE';
}

/** A trigger or service came too late for the firing it is meant for, and there is no other (C17, C52). */
export class PhasePassedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_PHASE_PASSED';
}

/** A phase was cut because its own triggers kept adding to it (C18). */
export class TriggerLoopError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_TRIGGER_LOOP';
}

/** A trigger was removed that was removed already, has run, or belongs elsewhere (C19). */
export class UnknownTriggerError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_UNKNOWN_TRIGGER';
}

/** An event type was fired while it was being fired (C20). */
export class EventAlreadyFiringError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_EVENT_ALREADY_FIRING';
}

/** `startup` or `shutdown` was fired by hand (C20). */
export class ReservedEventError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_RESERVED_EVENT';
}

/** What reports hold for a trigger that failed (C15); `cause` is what it threw, which is also what `onError` gets. */
export class TriggerFailedError extends TriphaseError {
  /** `…_TRIGGER_TIMEOUT` where it is a `TriggerTimeoutError` too. */
  readonly code: 'ERR_TRIPHASE_TRIGGER_FAILED' | 'ERR_TRIPHASE_TRIGGER_TIMEOUT' = 'ERR_TRIPHASE_TRIGGER_FAILED';
  /** The event type, as it was given. */
  readonly event: unknown;
  /** The phase that called the trigger. */
  readonly phase: Phase;
  /** The trigger's name. */
  readonly trigger: string;
  /** Whatever was thrown or rejected with; undefined for a `TriggerTimeoutError`. */
  declare readonly cause: unknown;
  constructor(message: string, event: unknown, phase: Phase, trigger: string, cause?: unknown) {
    super(message, { cause });
    this.event = event;
    this.phase = phase;
    this.trigger = trigger;
  }
}

/** A trigger outlived its limit: the barrier opened without it (C22). `age` is in milliseconds. */
export class TriggerTimeoutError extends TriggerFailedError {
  /** The one `code` that tells a limit from a failure. */
  override readonly code = 'ERR_TRIPHASE_TRIGGER_TIMEOUT';
  /** Milliseconds from the call of the trigger to this report of it: its limit, or more where the thread was busy. */
  readonly age: number;
  constructor(message: string, event: unknown, phase: Phase, trigger: string, age: number) {
    super(message, event, phase, trigger);
    this.age = age;
  }
}

/** `run()` on a reactor that is started (C24). */
export class ReactorAlreadyRunningError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_ALREADY_RUNNING';
}

/** `run()` on a reactor that has stopped (C24). */
export class ReactorNotRestartableError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_NOT_RESTARTABLE';
}

/** Something that needs a started reactor was asked of one that is not (C27, C28, C31, C32). */
export class ReactorNotRunningError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_NOT_RUNNING';
}

/** The run ended before what waited on its clock was due (C30). */
export class ReactorStoppedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_STOPPED';
}

/** A shutdown trigger asked for the end that waits for it (C28). */
export class SelfWaitError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_SELF_WAIT';
}

/** A turn was asked for from inside a turn (C38). */
export class ReentrantTurnError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_REENTRANT_TURN';
}

/** A timed call that has run was to be changed; Twisted's `AlreadyCalled` (C41). */
export class AlreadyCalledError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_ALREADY_CALLED';
}

/** A timed call that is cancelled was to be changed; Twisted's `AlreadyCancelled` (C41). */
export class AlreadyCancelledError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_ALREADY_CANCELLED';
}

/** A looping call was stopped or reset that has ended (C44). */
export class LoopingCallStateError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_LOOPING_CALL_STATE';
}

/** A cooperative task was paused, resumed or stopped in the wrong state (C45). */
export class TaskStateError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_TASK_STATE';
}

/** The needs of a service make a cycle, or name a service that was not used (C52). */
export class ServiceGraphError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_SERVICE_GRAPH';
  /** The names along the way, the first again at the end of a cycle. */
  readonly path: readonly string[];
  constructor(message: string, path: readonly string[]) {
    super(message);
    this.path = path;
  }
}

/** The value of a resource was read while it was not open (C52). */
export class ResourceClosedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_RESOURCE_CLOSED';
}

/** `run()` where the host that this reactor is for is missing. */
export class HostMissingError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_HOST_MISSING';
}

/** A broken invariant of ours: a bug in Triphase. */
export class TriphaseInternalError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_INTERNAL';
}
