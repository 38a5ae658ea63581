/** What became of one worker in a reload. Times are in milliseconds. */
export interface ReplacedWorker {
  /** Such as `worker 3`. */
  readonly worker: string;
  /** The worker in whose place it is. */
  readonly old: string;
  /** From its start until its whole startup was over. */
  readonly readyMs: number;
  /** From the request to stop to the end of the old one. */
  readonly drainMs: number;
  /** How the old one has ended: `ended with status 0`, or `was not running`. */
  readonly oldEnd: string;
  /** The old one has finished what it had begun. `false`: it was killed, or has ended with another status than 0, so requests may have been cut. */
  readonly drained: boolean;
}

/** The worker that a reload has failed with. */
export interface FailedWorker {
  /** Such as `worker 3`. */
  readonly worker: string;
  /** What happened. */
  readonly error: string;
  /** What it has written to stderr last. */
  readonly lines: readonly string[];
}

/** What one reload has done (H3, H4). */
export interface ReloadReport {
  /** The number of the reload; workers of the start are of generation 1. */
  readonly generation: number;
  /** All workers were replaced. */
  readonly ok: boolean;
  /** The primary has stopped in the middle of it, so that not all were replaced. */
  readonly givenUp: boolean;
  /** Milliseconds. */
  readonly durationMs: number;
  /** The workers that took over, in that order. */
  readonly replaced: readonly ReplacedWorker[];
  /** The workers that have failed; one, or several with `surge`. */
  readonly failed: readonly FailedWorker[];
  /** Such as `mixed: 1 new, 1 old`, where some were replaced and some were not. */
  readonly mixed: string | undefined;
}

/** The report in lines, for a terminal or a log; with the last lines of workers that failed, where those are not there already. */
export function formatReload(report: ReloadReport, withLines: boolean): string {
  const { generation, ok, givenUp, durationMs, replaced, failed, mixed } = report;
  const outcome = ok ? 'is done' : givenUp ? 'was given up' : 'has failed';
  const why = givenUp ? ': the primary stops' : '';
  const lines = [`reload to generation ${String(generation)} ${outcome} after ${seconds(durationMs)}${why}`];
  for (const each of replaced) lines.push(`  ${each.worker}: ready after ${seconds(each.readyMs)}; ${endOf(each)}`);
  const cut = replaced.filter(({ drained }) => !drained).length;
  if (cut > 0)
    lines.push(
      `  ${cut === 1 ? '1 old worker has' : `${String(cut)} old workers have`} not drained, so requests may be lost: raise drainTimeout and their deadline, or see what they have printed`,
    );
  for (const { error, lines: last } of failed) {
    lines.push(`  ${error}`);
    if (withLines) lines.push(...last.map((line) => `    | ${line}`));
  }
  if (mixed !== undefined) lines.push(`  ${mixed}`);
  else if (failed.length > 0) lines.push('  the old workers go on');
  return lines.join('\n');
}

function endOf({ old, drainMs, oldEnd, drained }: ReplacedWorker): string {
  if (!drained) return `${old} ${oldEnd} after ${seconds(drainMs)}`;
  return oldEnd === 'was not running' ? `${old} ${oldEnd}` : `${old} drained in ${seconds(drainMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
