import { nearestOf } from './check-keys.ts';
import type { Limits } from './events.ts';

// Options that several runtime packages share live here, since those packages never import one another.

/** What a reactor may do to its process: node-reactor, deno-shim. */
export interface ProcessOptions {
  /** `false` or an empty list for none, or the signals to own instead of the usual ones: `['SIGTERM', 'SIGUSR2']`. */
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

/**
 * Every signal that some system has, without its `SIG`. A table of our own: construction asks nothing of the host (C3), and a list that is
 * written for several systems is right on each of them.
 */
const SIGNALS =
  'TERM INT HUP QUIT USR1 USR2 BREAK ABRT ALRM BUS CHLD CONT EMT FPE ILL INFO IO IOT LOST PIPE POLL PROF PWR SEGV STKFLT SYS TRAP TSTP TTIN TTOU UNUSED URG VTALRM WINCH XCPU XFSZ';

/** Those that end or suspend the process without asking it. */
const DEAF = ['SIGKILL', 'SIGSTOP'];

/**
 * For runtime packages: throws `TypeError` where `signals` is neither `false` nor a list of names of signals, and for one that nobody can
 * listen to. A name that comes twice counts once.
 */
export function checkSignals(signals: unknown): void {
  if (signals === undefined || signals === false) return;
  if (!Array.isArray(signals))
    throw new TypeError(
      `signals is ${signals === null ? 'null' : typeof signals}: give a list of names such as ['SIGTERM'], or false for none`,
    );
  for (const name of signals as readonly unknown[]) checkSignal(name);
}

function checkSignal(name: unknown): void {
  if (typeof name !== 'string')
    throw new TypeError(`signals has a value of type ${typeof name}: give names such as 'SIGTERM'`);
  const known = SIGNALS.split(' ').map((short) => `SIG${short}`);
  if (known.includes(name)) return;
  const full = /^sig/i.test(name) ? name.toUpperCase() : `SIG${name.toUpperCase()}`;
  if (DEAF.includes(full))
    throw new TypeError(`signals has '${name}', and no process can listen to ${full}: take it out of the list`);
  const nearest = nearestOf(full, known);
  throw new TypeError(
    `signals has ${JSON.stringify(name)}, and there is no such signal: ${nearest === undefined ? "give names such as 'SIGTERM'" : `did you mean '${nearest}'?`}`,
  );
}
