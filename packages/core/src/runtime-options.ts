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

/** For runtime packages: throws `TypeError` where `signals` is neither `false` nor a list of names. */
export function checkSignals(signals: unknown): void {
  const isList = Array.isArray(signals) && signals.every((name) => typeof name === 'string');
  if (signals === undefined || signals === false || isList) return;
  throw new TypeError(`signals is ${typeof signals}: give a list of names such as ['SIGTERM'], or false for none`);
}
