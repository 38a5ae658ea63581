import { nearestOf } from './check-keys.ts';
import type { Limits } from './events.ts';

// Options that several runtime packages share live here, since those packages never import one another.

/** What a reactor may do to its process: node-reactor, deno-shim. */
export interface ProcessOptions {
  /** The signals that stop the reactor, instead of the default ones: `['SIGTERM', 'SIGUSR2']`. `false` or an empty list for none. */
  readonly signals?: false | readonly string[];
  /** `false` leaves the exit status alone. */
  readonly exitCode?: boolean;
  /** How to end after a signal: with an exit code (default), or by sending the same signal to the process again. */
  readonly exit?: 'code' | 'signal';
  /** `false` doesn't end a process that something else keeps alive. */
  readonly forceExit?: boolean;
  /** `false` leaves uncaught exceptions and unhandled rejections to the host; default: they stop the reactor, with status 1 (N11). */
  readonly uncaught?: boolean;
  /**
   * `false` for a child process that is to outlive its parent; default: it stops when the channel to its parent closes, with
   * `{ kind: 'disconnect' }` (N25).
   */
  readonly disconnect?: boolean;
  /** Stops at the end of stdin, with `{ kind: 'stdin-end' }`, as servers of an editor do; default `false` (N25). */
  readonly stdin?: boolean;
}

/** Times in milliseconds that shutdown limits can depend on. Read when a phase starts to wait. */
export interface StopTimes {
  /** Since stopping began; 0 before. */
  sinceStop(): number;
  /** The longest `leadTime` of the services used: how long they go on serving after a stop has begun. */
  leadTime(): number;
}

/**
 * Shutdown limits that depend on when the stop began, such as those of `nodeShutdownLimits()`. A reactor that supports them binds them to
 * its own clock, which may be virtual. While they aren't bound, each is computed as if the stop began now, without lead time.
 */
export interface UnboundLimits extends Limits {
  /**
   * The limits that the program wrote, without defaults. Only these are checked: the limit of a phase must not be longer than the deadline
   * (C66).
   */
  readonly written?: Limits | undefined;
  /** These limits for one reactor. They can be bound any number of times. */
  boundTo(times: StopTimes): Limits;
}

/** For runtime packages: the shutdown limits, bound to these times if they depend on them. */
export function boundLimits(limits: Limits | undefined, times: StopTimes): Limits | undefined {
  return limits !== undefined && 'boundTo' in limits ? (limits as UnboundLimits).boundTo(times) : limits; // as: nothing else has that key
}

/**
 * Every signal of any system, without `SIG`. It isn't read from the host: a constructor asks nothing of the host (C3), and one list of
 * signals should be valid on every system.
 */
const SIGNALS =
  'TERM INT HUP QUIT USR1 USR2 BREAK ABRT ALRM BUS CHLD CONT EMT FPE ILL INFO IO IOT LOST PIPE POLL PROF PWR SEGV STKFLT SYS TRAP TSTP TTIN TTOU UNUSED URG VTALRM WINCH XCPU XFSZ';

/** Signals that a process can't listen to. */
const UNCATCHABLE = ['SIGKILL', 'SIGSTOP'];

/**
 * For runtime packages: throws `TypeError` if `signals` is neither `false` nor a list of signal names, or if a process can't listen to one
 * of them. A name may occur twice.
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
  if (UNCATCHABLE.includes(full))
    throw new TypeError(`signals has '${name}', and no process can listen to ${full}: take it out of the list`);
  const nearest = nearestOf(full, known, 2);
  throw new TypeError(
    `signals has ${JSON.stringify(name)}, and there is no such signal: ${nearest === undefined ? "give names such as 'SIGTERM'" : `did you mean '${nearest}'?`}`,
  );
}
