import { describeGiven } from '../ground/check-milliseconds.ts';
import { fit, wrap } from '../ground/columns.ts';
import { PHASES } from '../ground/events.ts';
import type { FiringReport, PhaseReport } from './firing-report.ts';
import { printable } from '../ground/printable.ts';
import { describeReason, type RunResult } from '../life/run-result.ts';
import { eventName } from '../ground/event-name.ts';

/** Columns of the names, and of the bars. 30 + 10 + 1 + 24 + an outcome stay below 80. */
const NAME = 30;
const BAR = 24;

/** The maximum length of an error message. Characters. */
const MAX_MESSAGE = 5_000;

/**
 * Draws a report, or both reports of a run, as a timeline for a terminal: at most 80 columns, without colour. With `timings`, each phase
 * shows its duration, and each trigger has a line; without, each phase shows how many triggers it called. Errors and abandoned calls follow.
 * A service has a line in each phase in which a function of it was called: a background service in `before` shutdown too, where it is told
 * to stop.
 * Names and messages are escaped and cut, so that none looks like another line (C15).
 *
 * It is a function and not a method, so that bundles of programs that print no reports don't contain it. `String(report)` is one line.
 *
 * @example
 * console.log(formatReport(await reactor.run()));
 */
export function formatReport(report: FiringReport | RunResult): string {
  const given: unknown = report;
  if (typeof given !== 'object' || given === null)
    throw new TypeError(
      `formatReport() got ${describeGiven(given)}: pass the report of a firing, or the result of a run`,
    );
  const lines = 'startup' in report ? runLines(report) : firingLines(report);
  return lines.flatMap(wrap).join('\n');
}

function runLines({ reason, startup, shutdown, left }: RunResult): string[] {
  const lines = [`run ended: ${describeReason(reason)}`, ...firingLines(startup)];
  if (shutdown !== undefined) lines.push(...firingLines(shutdown));
  if (left.queued + left.timed > 0) lines.push(`left: ${String(left.queued)} queued, ${String(left.timed)} timed`);
  return lines;
}

function firingLines({
  event,
  duration,
  counts,
  phases,
  errors,
  abandoned,
  escalated,
  vetoed,
}: FiringReport): string[] {
  const lines = [
    `${eventName(event)}  ${milliseconds(duration)}${escalated ? '  escalated' : ''}${vetoed ? '  vetoed' : ''}`,
  ];
  for (const phase of PHASES) {
    const count = counts[phase];
    if (count === 0) continue;
    const timed = phases?.[phase];
    const what = timed === undefined ? String(count).padStart(10) : milliseconds(timed.duration);
    lines.push(`  ${phase.padEnd(NAME - 2)}${what}`, ...triggerLines(timed, duration));
  }
  for (const { message } of errors) lines.push(`  error: ${printable(message, MAX_MESSAGE)}`);
  for (const { name, phase, age } of abandoned)
    lines.push(`  abandoned: ${printable(name)} (${String(phase)}, ${milliseconds(age).trim()})`);
  return lines;
}

function triggerLines(phase: PhaseReport | undefined, whole: number): string[] {
  return (phase?.triggers ?? []).map(({ name, start, duration, outcome }) => {
    const end = outcome === 'done' ? '' : ` ${outcome}`;
    return `    ${fit(printable(name), NAME - 6)}  ${milliseconds(duration)} ${bar(start / whole, (start + duration) / whole)}${end}`;
  });
}

function milliseconds(ms: number): string {
  return `${ms < 9_999.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`.padStart(10);
}

/** `from` and `to` are shares of the duration, 0 to 1. They are NaN or infinite if the firing took no time. */
function bar(from: number, to: number): string {
  const begin = Math.min(BAR - 1, Math.floor((from || 0) * BAR));
  const end = Math.min(BAR, Math.max(begin + 1, Math.ceil((to || 0) * BAR)));
  return `|${' '.repeat(begin)}${'#'.repeat(end - begin)}${' '.repeat(BAR - end)}|`;
}
