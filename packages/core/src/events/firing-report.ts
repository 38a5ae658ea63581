import type { TriggerFailedError, TriggerLoopError } from '../ground/errors.ts';
import { PHASES, type Phase } from '../ground/events.ts';
import type { TriggerOutcome, PendingItem } from '../ground/observer.ts';
import { listed } from '../ground/printable.ts';
import { eventName } from '../ground/event-name.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import { TriggerCall } from './trigger-call.ts';

/** An error of a firing: a trigger's, or a phase that was cut. */
export type FiringError = TriggerFailedError | TriggerLoopError;

/** One call of a trigger in a report. */
export interface TriggerReport {
  /** The trigger's name, or its service's (C23). */
  readonly name: string;
  /** Milliseconds from the start of the firing until it was called. */
  readonly start: number;
  /** Milliseconds from its call until it had settled, or was abandoned. */
  readonly duration: number;
  /** The outcome when the phase ended. A promise that settles later doesn't change it. */
  readonly outcome: TriggerOutcome;
}

/** One phase in a report. */
export interface PhaseReport {
  /** Milliseconds from the call of its first trigger until its last call had ended. 0 if no trigger was called. */
  readonly duration: number;
  /** In the order in which they were called, including functions of services. */
  readonly triggers: readonly TriggerReport[];
}

/** Shared by the many firings without errors and abandoned calls. */
const NONE: readonly never[] = Object.freeze([]);

/** The data of a report. If a trigger ends its own firing, for example by `crash()`, the firing still adds to it when that trigger returns. */
export interface FiringRecord {
  readonly event: unknown;
  readonly start: number;
  duration: number;
  /** In the order of the phases. */
  readonly counts: number[];
  errors: readonly FiringError[];
  abandoned: readonly PendingItem[];
  escalated: boolean;
  vetoed: boolean;
  /** In the order in which they began. Undefined without `timings`. */
  readonly calls: TriggerCall[] | undefined;
}

export function newRecord(event: unknown, start: number, hasTimings: boolean): FiringRecord {
  return {
    event,
    start,
    duration: NaN,
    counts: [0, 0, 0],
    errors: NONE,
    abandoned: NONE,
    escalated: false,
    vetoed: false,
    calls: hasTimings ? [] : undefined,
  };
}

/** Appends to a list that may be the shared empty one. */
export function addTo<T>(list: readonly T[], item: T): readonly T[] {
  if (list === NONE) return [item];
  (list as T[]).push(item); // as: only NONE is read-only
  return list;
}

/** The result of one firing (C15). `phases` is computed when it is read, so that an unread report costs little. */
export class FiringReport {
  readonly #record: FiringRecord;

  static {
    keepHiddenClass(new FiringReport(newRecord('', NaN, false)));
  }

  constructor(record: FiringRecord) {
    this.#record = record;
  }

  /** The event type, as it was given. */
  get event(): unknown {
    return this.#record.event;
  }

  /** Milliseconds; 0 without a clock. */
  get duration(): number {
    return this.#record.duration;
  }

  /** The number of triggers called in each phase. */
  get counts(): Readonly<Record<Phase, number>> {
    const [before = 0, during = 0, after = 0] = this.#record.counts;
    return { before, during, after };
  }

  /** The errors in the order in which they were reported. Empty if there were none. */
  get errors(): readonly FiringError[] {
    return this.#record.errors;
  }

  /** The calls that the firing went on without: at a limit, on escalation, or at the end of the run. */
  get abandoned(): readonly PendingItem[] {
    return this.#record.abandoned;
  }

  /** Its phases did not wait to the end: `escalate()` was called, the deadline had passed, or it was terminal (C32). */
  get escalated(): boolean {
    return this.#record.escalated;
  }

  /** A required trigger failed in `before`, so `during` was skipped (C26). */
  get vetoed(): boolean {
    return this.#record.vetoed;
  }

  /** The times of each phase and trigger. Undefined without `timings`. */
  get phases(): Readonly<Record<Phase, PhaseReport>> | undefined {
    const { start, calls } = this.#record;
    const [before, during, after] = calls ? PHASES.map((phase) => phaseReport(calls, phase, start)) : [];
    return before && during && after && { before, during, after };
  }

  /** Throws an `AggregateError` with all `errors`, if there are any. */
  throwIfFailed(): void {
    const { event, errors } = this.#record;
    if (errors.length > 0)
      throw new AggregateError(errors, `${eventName(event)}: ${listed(errors, ({ message }) => message, '; ')}`);
  }

  /** One line, such as `startup: 12.3 ms, 3 triggers, 1 error, 1 abandoned`; `formatReport` draws a timeline. */
  toString(): string {
    const { event, duration, counts, errors, abandoned, escalated, vetoed } = this.#record;
    const called = counts.reduce((sum, count) => sum + count, 0);
    const parts = [
      `${duration.toFixed(1)} ms`,
      counted(called, 'trigger'),
      ...(errors.length > 0 ? [counted(errors.length, 'error')] : []),
      ...(abandoned.length > 0 ? [`${String(abandoned.length)} abandoned`] : []),
      ...(escalated ? ['escalated'] : []),
      ...(vetoed ? ['vetoed'] : []),
    ];
    return `${eventName(event)}: ${parts.join(', ')}`;
  }
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** `since`: when the firing began. */
function phaseReport(all: readonly TriggerCall[], phase: Phase, since: number): PhaseReport {
  const calls = all.filter((call) => call.phase === phase);
  let first = Infinity;
  let last = 0;
  const triggers = calls.map((call) => {
    const { start, end, outcome } = TriggerCall.timingOf(call);
    first = Math.min(first, start);
    last = Math.max(last, end);
    return { name: call.name, start: start - since, duration: end - start, outcome };
  });
  return { duration: Math.max(0, last - first), triggers };
}
