import { wrap } from './columns.ts';
import type { FiringError, FiringReport } from './firing-report.ts';
import type { StopReason } from './host.ts';
import { listed, printable } from './printable.ts';

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

  /** The timelines of both firings, readable at 80 columns without colour. */
  toString(): string {
    const { reason, startup, shutdown, left } = this;
    const why = reason.signal === undefined ? reason.kind : `${reason.kind} ${reason.signal}`;
    const lines = [`run ended: ${printable(why)}`, startup.toString()];
    if (shutdown !== undefined) lines.push(shutdown.toString());
    if (left.queued + left.timed > 0) lines.push(`left: ${String(left.queued)} queued, ${String(left.timed)} timed`);
    return lines.flatMap(wrap).join('\n');
  }
}
