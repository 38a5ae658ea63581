import type { TriggerFailedError, TriggerLoopError } from '../ground/errors.ts';
import type { Phase } from '../ground/events.ts';
import type { TriggerOutcome, PendingItem } from '../ground/observer.ts';
import { listed } from '../ground/printable.ts';
import { eventName } from '../ground/event-name.ts';
import { keepHiddenClass } from '../ground/keep-hidden-class.ts';
import type { FiringTimings, Timing } from './watcher.ts';

/** An error of a firing: a trigger's, or a phase that was cut. */
export type FiringError = TriggerFailedError | TriggerLoopError;

/** One trigger's part in a report. */
export interface TriggerReport {
  /** The trigger's name, or its service's (C23). */
  readonly name: string;
  /** Milliseconds from the start of the firing until it was called. */
  readonly start: number;
  /** Milliseconds from its call until it had settled, or was abandoned. */
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

/** What a firing writes down for its report. It stays the firing's: what its last trigger does after its end is added. */
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
  readonly timings: FiringTimings | undefined;
}

/** Most firings have no errors and abandon nothing: they share this. */
const NONE: readonly never[] = Object.freeze([]);

/** Appends to a list that may be the shared empty one. */
export function addTo<T>(list: readonly T[], item: T): readonly T[] {
  if (list === NONE) return [item];
  (list as T[]).push(item); // as: only NONE is read-only
  return list;
}

export function newRecord(event: unknown, start: number, timings: FiringTimings | undefined): FiringRecord {
  return {
    event,
    start,
    duration: NaN,
    counts: [0, 0, 0],
    errors: NONE,
    abandoned: NONE,
    escalated: false,
    vetoed: false,
    timings,
  };
}

/** What became of one firing (C15). Phases are computed when read: the report must not cost more than the engine. */
export class FiringReport {
  readonly #record: FiringRecord;

  static {
    keepHiddenClass(new FiringReport(newRecord('', NaN, undefined)));
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
  get abandoned(): readonly PendingItem[] {
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
    const { start, timings } = this.#record;
    const [before, during, after] = timings?.phases().map((calls) => phaseReport(calls, start)) ?? [];
    return before && during && after && { before, during, after };
  }

  /** Throws one `AggregateError` of all `errors`; nothing when there are none. */
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
function phaseReport(calls: readonly Timing[], since: number): PhaseReport {
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
      start: from - since,
      duration: to - from,
      outcome,
    })),
  };
}
