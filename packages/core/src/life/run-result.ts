import type { FiringError, FiringReport } from '../events/firing-report.ts';
import type { ProgramFailedError, TriggerFailedError } from '../ground/errors.ts';
import type { StopReason } from '../ground/host.ts';
import { listed, printable } from '../ground/printable.ts';

/** The result of a run (C24). */
export class RunResult {
  /** Why the run ended. */
  readonly reason: StopReason;
  /** The report of startup. There is one even if the start failed or was stopped: phases that didn't begin have no triggers. */
  readonly startup: FiringReport;
  /** The report of shutdown. Undefined after `crash()`. */
  readonly shutdown: FiringReport | undefined;
  /** The numbers of queued and timed calls that never ran. */
  readonly left: { readonly queued: number; readonly timed: number };

  readonly #failures: readonly (TriggerFailedError | ProgramFailedError)[];

  constructor(
    reason: StopReason,
    startup: FiringReport,
    shutdown: FiringReport | undefined,
    left: { readonly queued: number; readonly timed: number },
    failures: readonly (TriggerFailedError | ProgramFailedError)[],
  ) {
    this.reason = reason;
    this.startup = startup;
    this.shutdown = shutdown;
    this.left = left;
    this.#failures = failures;
  }

  /**
   * The errors of startup, then those given to `fail()` and those of services that failed while the reactor ran, then those of shutdown.
   * Errors of other callbacks are only counted, in `stats()`.
   */
  get errors(): readonly (FiringError | ProgramFailedError)[] {
    return [...this.startup.errors, ...this.#failures, ...(this.shutdown?.errors ?? [])];
  }

  /** Throws an `AggregateError` with all `errors`, if there are any. */
  throwIfFailed(): void {
    const { errors } = this;
    if (errors.length > 0)
      throw new AggregateError(errors, `The run failed: ${listed(errors, ({ message }) => message, '; ')}`);
  }

  /** One line: why the run ended, and how startup and shutdown went; `formatReport` draws both timelines. */
  toString(): string {
    const { reason, startup, shutdown, left } = this;
    const parts = [`run ended: ${describeReason(reason)}`, startup.toString()];
    if (shutdown !== undefined) parts.push(shutdown.toString());
    if (left.queued + left.timed > 0) parts.push(`left: ${String(left.queued)} queued, ${String(left.timed)} timed`);
    return parts.join('; ');
  }
}

/** A stop reason in a message, such as `signal SIGTERM` or `stop`. */
export function describeReason({ kind, signal }: StopReason): string {
  return signal === undefined ? printable(kind) : `${printable(kind)} ${printable(signal)}`;
}
