import type { AbortSignalLike, HostAbortSignal, StopReason } from './host.ts';

/**
 * `any` stands for "no map": it is the one default that every typed reactor is assignable to (C8).
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see the line above
export type AnyEvents = any;

/** The events every reactor fires by itself, and their details. */
export interface CoreEvents {
  /** Fired by `run()`, without a detail, once the host is attached (C25). */
  startup: undefined;
  /** Fired once for each run, with the reason of the stop; not on a crash (C28, C31). */
  shutdown: StopReason;
}

/** Typed: the map's keys, the built-in ones, any symbol, any object or class. Untyped: anything (C7, C8). */
export type EventKey<E, B> = keyof B | symbol | object | (unknown extends E ? unknown : keyof E);

/** The type of the detail that goes with a key; `unknown` where no map tells. */
export type DetailOf<E, B, K> = K extends keyof B
  ? B[K]
  : unknown extends E
    ? unknown
    : K extends keyof E
      ? E[K]
      : unknown;

/** The arguments of a firing after its event type: the detail may be left out where it may be undefined. */
export type FireArguments<D> = undefined extends D
  ? [detail?: D, options?: FireOptions]
  : [detail: D, options?: FireOptions];

/** The three phases of a system event, in order (C9). */
export type Phase = 'before' | 'during' | 'after';

/** The phases in the order they run. */
export const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** The one argument of a trigger (C21); one for each call, never shared. */
export interface TriggerContext<D = unknown> {
  /** The event type, as it was given. */
  readonly event: unknown;
  /** The phase this call is part of, where one function is registered for several. */
  readonly phase: Phase;
  /** The trigger's name (C23). */
  readonly name: string;
  /** What the event was fired with. */
  readonly detail: D;
  /** Aborts at the trigger's own timeout, the event's deadline, or on escalation. */
  readonly signal: HostAbortSignal;
  /** The host goes away now: only what is synchronous, or settles within 64 microtask hops, is waited for (C32). */
  readonly terminal: boolean;
}

/** What is called in a phase. Any thenable it returns holds the phase's barrier (C13). */
export type Trigger<D = unknown> = (context: TriggerContext<D>) => unknown;

/** A trigger for each phase, all of them optional. */
export interface Phases<D = unknown> {
  /** Verifies and prepares: what fails here can still end a start, or veto an event (C26). */
  readonly before?: Trigger<D>;
  /** What the event is for; all of `before` has settled (C10). */
  readonly during?: Trigger<D>;
  /** Checks and cleans up; all of `during` has settled, or was given up at a limit. */
  readonly after?: Trigger<D>;
}

/** Options of a registration (C6). */
export interface TriggerOptions {
  /** Default: the function's name, else `<event>.<phase>#n` (C23). */
  readonly name?: string;
  /** Milliseconds that what it returned may pend (C22). */
  readonly timeout?: number;
  /** Keep it for later firings; without it a trigger is one-shot (C16). */
  readonly every?: boolean;
  /** Aborting it removes the trigger. */
  readonly signal?: AbortSignalLike;
  /** Startup: any trigger, default true in `before`. Other events: a veto, only for `before` (elsewhere `TypeError`). C26 */
  readonly required?: boolean;
}

/** Options of the short forms: `on` and `once` say `every` by their names (C53). */
export type ShortOptions = Omit<TriggerOptions, 'every'>;

/** One registration; from `on` and `once` with phases, one handle for all of them. Disposing forgives (C19). */
export interface TriggerHandle extends Disposable {
  /** The event type, as it was given. */
  readonly event: unknown;
  /** Its name in reports (C23); of several phases all their names, with commas. */
  readonly name: string;
  /** Takes it out; `false` when there was nothing to remove. */
  remove(): boolean;
}

/** Milliseconds for what pends in a firing, each from its own beginning; `Infinity` is none (C22). */
export interface Limits {
  /** For all three phases: where it ends the firing is escalated (C32). That of shutdown counts from `stop()` (C29). */
  readonly deadline?: number;
  /** For `before` alone: what outlives it is reported and left behind, and `during` begins. */
  readonly before?: number;
  /** For `during` alone, in the same way. */
  readonly during?: number;
  /** For `after` alone, in the same way; the firing ends. */
  readonly after?: number;
}

/** Options of one firing (C20, C22, C15). */
export interface FireOptions {
  /** Each one given replaces the same one of the event type, for this firing. */
  readonly limits?: Limits;
  /** `again` fires once more when the firing under way is over, instead of throwing. */
  readonly whenFiring?: 'throw' | 'again';
  /** Whether the report has `phases`; default: what the reactor or the event was made with. */
  readonly timings?: boolean;
}
