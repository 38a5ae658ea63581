import type { AbortSignalLike, HostAbortSignal, StopReason } from './host.ts';

/** The type parameter of a reactor without a map of events. It is `any`, so that every reactor with a map is assignable to it (C8). */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see the line above
export type AnyEvents = any;

/** The events that every reactor fires itself, and their details. */
export interface CoreEvents {
  /** Fired by `run()`, without a detail, once the host is attached (C25). */
  startup: undefined;
  /** Fired once for each run, with the reason of the stop; not on a crash (C28, C31). */
  shutdown: StopReason;
}

/**
 * The event types that a reactor takes. `E`: the program's map from event types to details; `B`: the map of the built-in events. With a map
 * `E`: its keys, those of `B`, any symbol, any object or class. Without: anything (C7, C8).
 */
export type EventKey<E, B> = keyof B | symbol | object | (unknown extends E ? unknown : keyof E);

/** An event type that a program may fire: all but those that the reactor fires itself. */
export type FireKey<E, B> = Exclude<EventKey<E, B>, keyof CoreEvents>;

/** The type of the detail of an event; `unknown` if no map has the event. */
export type DetailOf<E, B, K> = K extends keyof B
  ? B[K]
  : unknown extends E
    ? unknown
    : K extends keyof E
      ? E[K]
      : unknown;

/** What `on` and `once` register for an event: a function for `during`, or an object of phases (C53). */
export type TriggerOf<E, B, K> = Trigger<DetailOf<E, B, K>> | Phases<DetailOf<E, B, K>>;

/** The arguments of a firing after its event type. The detail can be left out if it may be undefined. */
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
  /** The phase of this call. One function can be registered for several phases. */
  readonly phase: Phase;
  /** The trigger's name (C23). */
  readonly name: string;
  /** The detail that was passed to `fire()`. */
  readonly detail: D;
  /** Aborts at the trigger's own timeout, the event's deadline, or on escalation. */
  readonly signal: HostAbortSignal;
  /** `true` if the host is closing now: the firing waits only for what settles within 64 microtasks (C32). */
  readonly terminal: boolean;
  /**
   * Milliseconds until the firing goes on without this call: at the trigger's own timeout, at the limit of the phase, or at the event's
   * deadline, whichever is first (C69). `Infinity` if there is none, 0 once `signal` has aborted.
   */
  remaining(): number;
}

/** A function that is called in a phase. If it returns a thenable, the phase waits for it (C13). */
export type Trigger<D = unknown> = (context: TriggerContext<D>) => unknown;

/** A trigger for each phase, all of them optional. */
export interface Phases<D = unknown> {
  /** For checks and preparations: an error here can still end a start, or veto an event (C26). */
  readonly before?: Trigger<D>;
  /** For the purpose of the event. All of `before` has settled (C10). */
  readonly during?: Trigger<D>;
  /** For checks and cleanup. All of `during` has settled, or was abandoned at a limit. */
  readonly after?: Trigger<D>;
}

/** Options of a registration (C6). */
export interface TriggerOptions {
  /** Default: the function's name, else `<event>.<phase>#n` (C23). */
  readonly name?: string;
  /** Milliseconds that the promise it returns may be pending (C22). */
  readonly timeout?: number;
  /** `true` keeps it for later firings. Default: it is removed when it is called (C16). */
  readonly every?: boolean;
  /** Aborting it removes the trigger. */
  readonly signal?: AbortSignalLike;
  /**
   * Startup: if this trigger fails, the start fails; default: `true` in `before`. Other events: if it fails, `during` is skipped (a veto);
   * only allowed in `before`, elsewhere `TypeError` (C26).
   */
  readonly required?: boolean;
}

/** The options of `on` and `once`, which set `every` themselves (C53). */
export type OnOptions = Omit<TriggerOptions, 'every'>;

/** The handle of a registration. `on` and `once` return one handle for all phases. Disposing it is like `remove()` (C19). */
export interface TriggerHandle extends Disposable {
  /** The event type, as it was given. */
  readonly event: unknown;
  /** Its name in reports (C23). With several phases: all names, separated by commas. */
  readonly name: string;
  /** Removes the registration. Returns `false` if there was nothing to remove. */
  remove(): boolean;
}

/** Time limits of a firing in milliseconds; `Infinity` means no limit. The limit of a phase counts from the start of the phase (C22). */
export interface Limits {
  /** For all three phases together. When it has passed, the firing is escalated (C32). For shutdown it counts from `stop()` (C29). */
  readonly deadline?: number;
  /** For `before`: triggers that are still pending are reported and abandoned, and `during` begins. */
  readonly before?: number;
  /** For `during`, in the same way: then `after` begins. */
  readonly during?: number;
  /** For `after`, in the same way: then the firing ends. */
  readonly after?: number;
}

/** Options of one firing (C20, C22, C15). */
export interface FireOptions {
  /** Limits of this firing. Each one replaces the same limit of the event type. */
  readonly limits?: Limits;
  /** If a firing is under way: `again` fires once more when it is over, `throw` (the default) throws. */
  readonly whenFiring?: 'throw' | 'again';
  /** Whether the report has `phases`. Default: the option of the reactor or the event. */
  readonly timings?: boolean;
}
