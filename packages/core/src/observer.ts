import type { Phase } from './events.ts';

/** Where in its life a firing, phase or trigger is: begun, at the end of its synchronous part, settled. What was synchronous settles with its `end`. */
export type ObservedStep = 'start' | 'end' | 'settled';

/** What every step of an event tells. `time` is the reactor's `now()`. */
export interface Observed {
  readonly event: unknown;
  readonly time: number;
}

/** How a trigger ended: `abandoned` is left behind by its barrier, at a limit or on escalation. */
export type TriggerOutcome = 'done' | 'failed' | 'abandoned';

/** Hears what a reactor does (C46). All methods are optional; one that throws is reported once and the observer dropped. */
export interface Observer {
  turn?(turn: {
    readonly start: number;
    readonly duration: number;
    readonly calls: number;
    readonly cut: boolean;
  }): void;
  call?(call: {
    readonly kind: 'call' | 'timed-call';
    readonly name: string;
    readonly start: number;
    readonly duration: number;
    readonly lateness: number;
  }): void;
  firing?(step: ObservedStep, firing: Observed): void;
  phase?(step: ObservedStep, phase: Observed & { readonly phase: Phase }): void;
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
  readonly turns: number;
  readonly calls: number;
  readonly timedCalls: number;
  readonly errors: number;
  readonly lateness: { readonly mean: number; readonly max: number };
}

/** Something that waits, or that others wait for (C47): the same shape in `pending()`, reports and pending lines. */
export interface Waiting {
  readonly kind: 'call' | 'timed-call' | 'trigger' | 'service' | 'firing';
  readonly name: string;
  readonly event?: unknown;
  readonly phase?: Phase;
  /** Milliseconds since it began; of a timed call, since it was due; 0 for what has not begun. */
  readonly age: number;
  /** What the service says of itself. */
  readonly status?: string;
}
