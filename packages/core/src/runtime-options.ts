import type { Limits } from './events.ts';

// Options that several runtime packages share live here, since those packages never import one another.

/** What a reactor may do to its process: node-reactor, deno-shim. */
export interface ProcessOptions {
  /** `false`, or the signals to own instead of the usual ones. */
  readonly signals?: false | readonly string[];
  /** `false` leaves the exit status alone. */
  readonly exitCode?: boolean;
  /** After a signal: the status (default), or the true signal again. */
  readonly exit?: 'code' | 'signal';
  /** `false` never ends a process that something holds. */
  readonly forceExit?: boolean;
}

/** What limits of shutdown may depend on; asked when a phase has to wait. Milliseconds. */
export interface StopTimes {
  /** Since stopping began; 0 before. */
  sinceStop(): number;
  /** The longest lead time of the services used. */
  leadTime(): number;
}

/**
 * Limits of shutdown that depend on when the stop began: `nodeShutdownLimits()` makes some. A reactor that knows of them binds them to its
 * own times, virtual ones too. Unbound they take each phase for the first after a stop that begins now, without lead time.
 */
export interface UnboundLimits extends Limits {
  /** The same for one reactor; they can be bound any number of times. */
  boundTo(times: StopTimes): Limits;
}

/** For runtime packages: the limits of shutdown, bound to these times where they depend on them. */
export function boundLimits(limits: Limits | undefined, times: StopTimes): Limits | undefined {
  return limits !== undefined && 'boundTo' in limits ? (limits as UnboundLimits).boundTo(times) : limits; // as: nothing else has that key
}

/** For runtime packages: throws `TypeError` where `signals` is neither `false` nor a list of names. */
export function checkSignals(signals: unknown): void {
  const isList = Array.isArray(signals) && signals.every((name) => typeof name === 'string');
  if (signals === undefined || signals === false || isList) return;
  throw new TypeError(`signals is ${typeof signals}: give a list of names such as ['SIGTERM'], or false for none`);
}
