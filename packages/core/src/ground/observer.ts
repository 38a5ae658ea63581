import type { Phase } from './events.ts';
import type { StopReason } from './host.ts';

/**
 * A step of a firing, phase or trigger: its `start`, the `end` of its synchronous part, and `settled`. There is no `settled` if nothing was
 * pending at `end`.
 */
export type ObservedStep = 'start' | 'end' | 'settled';

/** The data of each step of an event. */
export interface Observed {
  /** The event type, as it was given. */
  readonly event: unknown;
  /** The reactor's `now()`: monotonic milliseconds. Compare it only with other steps of the same reactor. */
  readonly time: number;
  /** Set where only a part of the services is stopped or started while the reactor runs: why (C60, C63). */
  readonly reason?: StopReason;
}

/** How a trigger ended. `abandoned`: the firing went on without it, at a limit or on escalation. */
export type TriggerOutcome = 'done' | 'failed' | 'abandoned';

/**
 * Methods that a reactor calls to tell what it does (C46). All are optional. If one throws, that is reported and the observer is removed.
 */
export interface Observer {
  /**
   * After each turn, except turns that only check limits. `calls`: how many it ran; `cut`: some are left for the next turn. Times in
   * milliseconds.
   */
  turn?(turn: {
    readonly start: number;
    readonly duration: number;
    readonly calls: number;
    readonly cut: boolean;
  }): void;
  /** After each call, including one that threw. Times in milliseconds; `lateness`: from its deadline to its start, 0 for a queued call. */
  call?(call: {
    readonly kind: 'call' | 'timed-call';
    readonly name: string;
    readonly start: number;
    readonly duration: number;
    readonly lateness: number;
  }): void;
  /** At each step of a firing. */
  firing?(step: ObservedStep, firing: Observed): void;
  /** At each step of a phase, including a phase without triggers. */
  phase?(step: ObservedStep, phase: Observed & { readonly phase: Phase }): void;
  /** At each step of the call of a trigger or of a service's function. */
  trigger?(
    step: ObservedStep,
    trigger: Observed & {
      readonly phase: Phase;
      readonly name: string;
      /** Set at the last step of the call. */
      readonly outcome?: TriggerOutcome;
      readonly error?: unknown;
    },
  ): void;
}

/** Counters since the reactor was made (C47). Lateness is in milliseconds, of timed calls. */
export interface Stats {
  /** Turns given by the host or run by `iterate()`, except turns that only check limits (C22). */
  readonly turns: number;
  /** Queued calls that have run, including those that threw. */
  readonly calls: number;
  /** Timed calls that have run, including those that threw. */
  readonly timedCalls: number;
  /** All reported errors, including those of triggers and services (C48). */
  readonly errors: number;
  /** Milliseconds from the deadline to the turn that ran the call; 0 before the first one. */
  readonly lateness: { readonly mean: number; readonly max: number };
}

/** Something that waits, or that others wait for (C47): the same shape in `pending()`, reports and pending lines. */
export interface PendingItem {
  /**
   * `service`: it is pending, or waits for another service; `firing`: it was requested, and waits for the firing under way (C20); `work`:
   * a promise given to `waitUntil` that has not settled (C57).
   */
  readonly kind: 'call' | 'timed-call' | 'trigger' | 'service' | 'firing' | 'work';
  /** The name of the function, trigger, service or work; of a firing: the name of its event. */
  readonly name: string;
  /** The event type, as it was given. Undefined for calls, and for work that no phase waits for yet. */
  readonly event?: unknown;
  /** The phase that waits for it. Undefined for calls, firings, and work that no phase waits for yet. */
  readonly phase?: Phase;
  /**
   * Milliseconds since it began. Of a timed call: since it was due. Of work: since it was given to `waitUntil`; once a phase waits for it,
   * since then. 0 if it has not begun.
   */
  readonly age: number;
  /** What the service's `status()` returned, or which services it waits for. */
  readonly status?: string;
}
