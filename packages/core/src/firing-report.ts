import type { TriggerFailedError, TriggerLoopError } from './errors.ts';
import { PHASES, type Phase } from './events.ts';
import { fit, wrap } from './columns.ts';
import type { TriggerOutcome, Waiting } from './observer.ts';
import type { PhaseTimings, Timing } from './phase-timings.ts';
import { listed, printable } from './printable.ts';
import { keepShape } from './shape.ts';
import { eventName } from './trigger.ts';

/** An error of a firing: a trigger's, or a phase that was cut. */
export type FiringError = TriggerFailedError | TriggerLoopError;

/** One trigger's part in a report. Milliseconds from its call until it settled or was left behind. */
export interface TriggerReport {
  /** The trigger's name, or its service's (C23). */
  readonly name: string;
  /** What it returned is included, a thenable until it settled. */
  readonly duration: number;
  /** As it was at the barrier: what settles later changes nothing. */
  readonly outcome: TriggerOutcome;
}

/** One phase's part in a report. Milliseconds from its first trigger to its barrier. */
export interface PhaseReport {
  /** 0 where no trigger was called. */
  readonly duration: number;
  /** In the order in which they were called; functions of services are among them. */
  readonly triggers: readonly TriggerReport[];
}

interface FiringRecord {
  readonly event: unknown;
  readonly start: number;
  readonly duration: number;
  /** In the order of the phases. */
  readonly counts: readonly number[];
  readonly errors: readonly FiringError[];
  readonly abandoned: readonly Waiting[];
  readonly escalated: boolean;
  readonly vetoed: boolean;
  /** In the order of the phases. */
  readonly timings: readonly PhaseTimings[] | undefined;
}

/** What became of one firing (C15). Phases are computed when read: the report must not cost more than the engine. */
export class FiringReport {
  readonly #record: FiringRecord;

  static {
    keepShape(
      new FiringReport({
        event: '',
        start: NaN,
        duration: NaN,
        counts: [0, 0, 0],
        errors: [],
        abandoned: [],
        escalated: false,
        vetoed: false,
        timings: undefined,
      }),
    );
  }

  constructor(record: FiringRecord) {
    this.#record = record;
  }

  /** The event type, as it was given. */
  get event(): unknown {
    return this.#record.event;
  }

  /** Milliseconds; 0 where there was no clock. */
  get duration(): number {
    return this.#record.duration;
  }

  /** Triggers called. */
  get counts(): Readonly<Record<Phase, number>> {
    const [before = 0, during = 0, after = 0] = this.#record.counts;
    return { before, during, after };
  }

  /** In the order in which `onError` heard of them; empty when all went well. */
  get errors(): readonly FiringError[] {
    return this.#record.errors;
  }

  /** What a barrier opened without: at a limit, on escalation, at the end of the run. */
  get abandoned(): readonly Waiting[] {
    return this.#record.abandoned;
  }

  /** Its barriers were opened: by hand, at its deadline, or because it was terminal (C32). */
  get escalated(): boolean {
    return this.#record.escalated;
  }

  /** A required trigger failed in `before`: `during` was left out (C26). */
  get vetoed(): boolean {
    return this.#record.vetoed;
  }

  /** Undefined without `timings`. */
  get phases(): Readonly<Record<Phase, PhaseReport>> | undefined {
    const [before, during, after] = this.#record.timings?.map((phase) => phaseReport(phase.calls())) ?? [];
    return before && during && after && { before, during, after };
  }

  /** Throws one `AggregateError` of all `errors`; nothing when there are none. */
  throwIfFailed(): void {
    const { event, errors } = this.#record;
    if (errors.length > 0)
      throw new AggregateError(errors, `${eventName(event)}: ${listed(errors, ({ message }) => message, '; ')}`);
  }

  /** A timeline, readable at 80 columns without colour. */
  toString(): string {
    const { counts } = this;
    const { event, start, duration, timings, errors, abandoned, escalated, vetoed } = this.#record;
    const lines = [
      `${eventName(event)}  ${milliseconds(duration)}${escalated ? '  escalated' : ''}${vetoed ? '  vetoed' : ''}`,
    ];
    for (const [index, phase] of PHASES.entries()) {
      if (counts[phase] === 0) continue;
      const calls = timings?.[index]?.calls() ?? [];
      lines.push(
        `  ${phase.padEnd(WIDTH - 2)}${timings === undefined ? String(counts[phase]).padStart(10) : milliseconds(phaseReport(calls).duration)}`,
      );
      for (const { name, start: from, end, outcome } of calls) {
        const bar = timeline((from - start) / duration, (end - start) / duration);
        lines.push(
          `    ${fit(printable(name), WIDTH - 6)}  ${milliseconds(end - from)} ${bar}${outcome === 'done' ? '' : ` ${outcome}`}`.trimEnd(),
        );
      }
    }
    for (const { message } of errors) lines.push(`  error: ${printable(message, 5_000)}`);
    for (const { name, phase, age } of abandoned)
      lines.push(`  abandoned: ${printable(name)} (${String(phase)}, ${milliseconds(age).trim()})`);
    return lines.flatMap(wrap).join('\n');
  }
}

/** Columns of the names, and of the bars. 30 + 10 + 1 + 24 + an outcome stay below 80. */
const WIDTH = 30;
const BAR = 24;

function milliseconds(ms: number): string {
  return `${ms < 9_999.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`.padStart(10);
}

function timeline(from: number, to: number): string {
  const begin = Math.min(BAR - 1, Math.floor((from || 0) * BAR));
  // A trigger that ends its own firing ends after it (C31).
  const end = Math.max(begin + 1, Math.min(BAR, Math.ceil((to || 0) * BAR)));
  return `|${' '.repeat(begin)}${'#'.repeat(end - begin)}${' '.repeat(BAR - end)}|`;
}

function phaseReport(calls: readonly Timing[]): PhaseReport {
  let start = Infinity;
  let end = 0;
  for (const call of calls) {
    start = Math.min(start, call.start);
    end = Math.max(end, call.end);
  }
  return {
    duration: Math.max(0, end - start),
    triggers: calls.map(({ name, start: from, end: to, outcome }) => ({
      name,
      duration: to - from,
      outcome,
    })),
  };
}
