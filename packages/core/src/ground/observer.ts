import type { Phase } from './events.ts';

/** Where in its life a firing, phase or trigger is: begun, at the end of its synchronous part, settled. What was synchronous settles with its `end`. */
export type ObservedStep = 'start' | 'end' | 'settled';

/** What every step of an event tells. `time` is the reactor's `now()`. */
export interface Observed {
  /** The event type, as it was given. */
  readonly event: unknown;
  /** Milliseconds, monotonic; to be compared with other steps of the same reactor alone. */
  readonly time: number;
}

/** How a trigger ended: `abandoned` is left behind by its barrier, at a limit or on escalation. */
export type TriggerOutcome = 'done' | 'failed' | 'abandoned';

/** Hears what a reactor does (C46). All methods are optional; one that throws is reported once and the observer dropped. */
export interface Observer {
  /** After each turn that may run calls. `calls`: how many it ran; `cut`: some are left for the next turn. Times in milliseconds. */
  turn?(turn: {
    readonly start: number;
    readonly duration: number;
    readonly calls: number;
    readonly cut: boolean;
  }): void;
  /** After each call, one that threw too. Times in milliseconds; `lateness`: how long it was due, 0 for a queued call. */
  call?(call: {
    readonly kind: 'call' | 'timed-call';
    readonly name: string;
    readonly start: number;
    readonly duration: number;
    readonly lateness: number;
  }): void;
  /** At each step of a firing; `settled` only when it went on after its synchronous part. */
  firing?(step: ObservedStep, firing: Observed): void;
  /** At each step of a phase, one without triggers too; `settled` only when its barrier had to wait. */
  phase?(step: ObservedStep, phase: Observed & { readonly phase: Phase }): void;
  /** At each step of a trigger's call, or of a service's function; `settled` only for one that returned a thenable. */
  trigger?(
    step: ObservedStep,
    trigger: Observed & {
      readonly phase: Phase;
      readonly name: string;
      /** There from the step at which it is settled on. */
      readonly outcome?: TriggerOutcome;
      readonly error?: unknown;
    },
  ): void;
}

/** Counters since the reactor was made (C47). Lateness is in milliseconds, of timed calls. */
export interface Stats {
  /** Those the host gave and those of `iterate()`; without turns that only check limits (C22). */
  readonly turns: number;
  /** Queued calls that have run, those that threw included. */
  readonly calls: number;
  /** Timed calls that have run, those that threw included. */
  readonly timedCalls: number;
  /** All that went the error path, those of triggers and services included (C48). */
  readonly errors: number;
  /** Milliseconds from the deadline to the turn that ran the call; 0 before the first one. */
  readonly lateness: { readonly mean: number; readonly max: number };
}

/** Something that waits, or that others wait for (C47): the same shape in `pending()`, reports and pending lines. */
export interface PendingItem {
  /**
   * `service`: it pends, or waits for another one; `firing`: it was asked for, and waits for the one under way (C20); `work`: it was
   * given to `waitUntil` and has not settled (C57).
   */
  readonly kind: 'call' | 'timed-call' | 'trigger' | 'service' | 'firing' | 'work';
  /** The function that is to be called, the trigger, the service, the work; for a firing its event. */
  readonly name: string;
  /** The event type, as it was given; undefined for calls, and for work that holds no phase. */
  readonly event?: unknown;
  /** The phase it holds, or waits in; undefined for calls, firings, and work that holds none. */
  readonly phase?: Phase;
  /**
   * Milliseconds since it began; of a timed call, since it was due; of work, since it was given, or since it holds its phase; 0 for what
   * has not begun.
   */
  readonly age: number;
  /** What the service says of itself. */
  readonly status?: string;
}
