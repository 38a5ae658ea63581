import { messageOf } from './describe-thrown.ts';
import type { Phase } from './events.ts';

/** The base class of all Triphase errors. Each has a `code`, and a message that ends with what to do. */
export abstract class TriphaseError extends Error {
  /** Identifies the kind of error. Unlike the class name, a minifier doesn't change it. */
  abstract readonly code: `ERR_TRIPHASE_${string}`;
  /** The name of the class. A minifier may have shortened it. */
  override get name(): string {
    return this.constructor.name;
  }
}

/** The phase isn't `before`, `during` or `after`. Nothing was registered (C6). */
export class InvalidPhaseError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_INVALID_PHASE';
}

/** A trigger or service was registered after its phase had passed, and that phase doesn't come again in this run (C17, C52). */
export class PhasePassedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_PHASE_PASSED';
}

/** A phase was cut short because its triggers kept adding triggers to it (C18). */
export class TriggerLoopError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_TRIGGER_LOOP';
}

/** The trigger to remove isn't registered: it was removed already, has run, or belongs to another event or reactor (C19). */
export class UnknownTriggerError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_UNKNOWN_TRIGGER';
}

/** An event was fired while a firing of it was under way (C20). */
export class EventAlreadyFiringError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_EVENT_ALREADY_FIRING';
}

/** `fire()` was called for `startup` or `shutdown`, which only the reactor fires (C20). */
export class ReservedEventError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_RESERVED_EVENT';
}

/** A failed trigger in a report (C15). `cause` is what the trigger threw; `onError` gets that error itself. */
export class TriggerFailedError extends TriphaseError {
  /** `…_TRIGGER_TIMEOUT` where it is a `TriggerTimeoutError` too. */
  readonly code: 'ERR_TRIPHASE_TRIGGER_FAILED' | 'ERR_TRIPHASE_TRIGGER_TIMEOUT' = 'ERR_TRIPHASE_TRIGGER_FAILED';
  /** The event type, as it was given. */
  readonly event: unknown;
  /** The phase that called the trigger. */
  readonly phase: Phase;
  /** The trigger's name. */
  readonly trigger: string;
  /** What the trigger threw or rejected with; undefined for a `TriggerTimeoutError`. */
  declare readonly cause: unknown;
  constructor(message: string, event: unknown, phase: Phase, trigger: string, cause?: unknown) {
    super(message, { cause });
    this.event = event;
    this.phase = phase;
    this.trigger = trigger;
  }
}

/** A trigger timed out: the firing went on without it (C22). */
export class TriggerTimeoutError extends TriggerFailedError {
  /** Tells a timeout from other failures. */
  override readonly code = 'ERR_TRIPHASE_TRIGGER_TIMEOUT';
  /** Milliseconds from the call of the trigger to this error: its limit, or more if the thread was busy. */
  readonly age: number;
  constructor(message: string, event: unknown, phase: Phase, trigger: string, age: number) {
    super(message, event, phase, trigger);
    this.age = age;
  }
}

/**
 * An error that was given to `fail()`, as the result of the run shows it: its `cause` is that error (C64). `onError` gets that error itself.
 */
export class ProgramFailedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_FAILED';
  /** What `fail()` was given. */
  declare readonly cause: unknown;
  constructor(cause: unknown) {
    super(`The program failed: ${messageOf(cause)}`, { cause });
  }
}

/** `run()` was called during a run (C24). */
export class ReactorAlreadyRunningError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_ALREADY_RUNNING';
}

/** `run()` was called on a reactor that has stopped (C24). */
export class ReactorNotRestartableError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_NOT_RESTARTABLE';
}

/** A method that needs a run was called without one, or too late (C27, C28, C31, C32). */
export class ReactorNotRunningError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_NOT_RUNNING';
}

/** The run ended before a sleep, a timed call, a firing or a change of services did (C30, C60). */
export class ReactorStoppedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_STOPPED';
}

/** A gate takes no more work, since it closes for good (C62). */
export class ReactorStoppingError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_STOPPING';
}

/**
 * A shutdown trigger called `stop()`, whose promise waits for that trigger (C28). Or the body of a background service awaits its own stop or
 * restart (C58).
 */
export class SelfWaitError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_SELF_WAIT';
}

/** `iterate()` was called inside a turn (C38). */
export class ReentrantTurnError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_REENTRANT_TURN';
}

/** `cancel`, `reset` or `delay` of a timed call that has run; Twisted's `AlreadyCalled` (C41). */
export class AlreadyCalledError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_ALREADY_CALLED';
}

/** `cancel`, `reset` or `delay` of a timed call that was cancelled; Twisted's `AlreadyCancelled` (C41). */
export class AlreadyCancelledError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_ALREADY_CANCELLED';
}

/** `stop` or `reset` of a looping call that has ended (C44). */
export class LoopingCallStateError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_LOOPING_CALL_STATE';
}

/** `pause`, `resume` or `stop` of a cooperative task in the wrong state (C45). */
export class TaskStateError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_TASK_STATE';
}

/** Work took longer than its limit (C68, C69). */
export class TimeoutError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_TIMEOUT';
  /** The limit in milliseconds. */
  readonly ms: number;
  constructor(message: string, ms: number) {
    super(message);
    this.ms = ms;
  }
}

/** As much work waits for a gate as its `maxWaiting` allows (C62). */
export class GateFullError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_GATE_FULL';
}

/** The needs of a service form a cycle or contain a service that was not used (C52), or a service to change isn't used (C60, C63). */
export class ServiceGraphError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_SERVICE_GRAPH';
  /** The names of the services on the path. A cycle ends with its first name again. */
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

/** The body of a background service ended, and nobody had told it to stop (C58). */
export class ServiceEndedError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_SERVICE_ENDED';
}

/** `run()` was called on a host that this reactor doesn't support. */
export class HostMissingError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_HOST_MISSING';
}

/** A broken invariant: a bug in Triphase. */
export class TriphaseInternalError extends TriphaseError {
  /** {@inheritDoc TriphaseError.code} */
  readonly code = 'ERR_TRIPHASE_INTERNAL';
}
