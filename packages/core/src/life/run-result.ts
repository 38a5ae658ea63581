import type { FiringError, FiringReport } from '../events/firing-report.ts';
import type { StopReason } from '../ground/host.ts';
import { listed, printable } from '../ground/printable.ts';

interface RunRecord {
  readonly reason: StopReason;
  readonly startup: FiringReport;
  readonly shutdown: FiringReport | undefined;
  readonly left: { readonly queued: number; readonly timed: number };
}

/** What became of a run (C24). */
export class RunResult {
  /** Why it ended. */
  readonly reason: StopReason;
  /** Of a start that failed or was stopped too: the phases it did not reach called no trigger. */
  readonly startup: FiringReport;
  /** Undefined after `crash()`. */
  readonly shutdown: FiringReport | undefined;
  /** Calls that never ran. */
  readonly left: { readonly queued: number; readonly timed: number };

  constructor({ reason, startup, shutdown, left }: RunRecord) {
    this.reason = reason;
    this.startup = startup;
    this.shutdown = shutdown;
    this.left = left;
  }

  /** Those of startup and shutdown; errors of plain callbacks are counted in `stats()`. */
  get errors(): readonly FiringError[] {
    return [...this.startup.errors, ...(this.shutdown?.errors ?? [])];
  }

  /** Throws one `AggregateError` of all `errors`; nothing when there are none. */
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

/** `signal SIGTERM`, `stop`. */
export function describeReason({ kind, signal }: StopReason): string {
  return signal === undefined ? printable(kind) : `${printable(kind)} ${printable(signal)}`;
}
