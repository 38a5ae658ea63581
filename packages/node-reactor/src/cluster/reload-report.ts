/** What became of one worker in a reload. Times are in milliseconds. */
export interface ReplacedWorker {
  /** Such as `worker 3`. */
  readonly worker: string;
  /** The worker in whose place it is. */
  readonly old: string;
  /** From its start until its whole startup was over. */
  readonly readyMs: number;
  /** From the wish to stop to the end of the old one. */
  readonly drainMs: number;
  /** How the old one has ended: `ended with status 0`. */
  readonly oldEnd: string;
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
  /** Milliseconds. */
  readonly duration: number;
  /** The workers that took over, in that order. */
  readonly replaced: readonly ReplacedWorker[];
  /** The workers that could not; one, or several with `surge`. */
  readonly failed: readonly FailedWorker[];
  /** Such as `mixed: 1 new, 1 old`, where some were replaced and some were not. */
  readonly mixed: string | undefined;
}

/** The report in lines, for a terminal or a log. */
export function formatReload(report: ReloadReport): string {
  const { generation, ok, duration, replaced, failed, mixed } = report;
  const lines = [
    `reload to generation ${String(generation)} ${ok ? 'is done' : 'has failed'} after ${seconds(duration)}`,
  ];
  for (const { worker, old, readyMs, drainMs, oldEnd } of replaced) {
    const end = oldEnd === 'ended with status 0' ? '' : `, ${oldEnd}`;
    lines.push(`  ${worker}: ready after ${seconds(readyMs)}; ${old} drained in ${seconds(drainMs)}${end}`);
  }
  for (const { error, lines: last } of failed) lines.push(`  ${error}`, ...last.map((line) => `    | ${line}`));
  if (mixed !== undefined) lines.push(`  ${mixed}`);
  else if (!ok) lines.push('  the old workers go on');
  return lines.join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
