import type { Clock } from '../ground/clock.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { Phases } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import type { ReactorState } from '../life/state.ts';

/** The time limits of a service's functions, in milliseconds; `Infinity` means none (C66). */
export interface ServiceTimeouts {
  /** For each startup function. */
  readonly start?: number;
  /** For each shutdown function. */
  readonly stop?: number;
}

/**
 * A part of a program that starts and stops with the reactor (C52). `use()` reads `name`, `needs`, `startup`, `shutdown`,
 * `leadTime`, `timeout`, `foundation`, `affectsReadiness`, `health` and `attach` once: later changes have no effect. `status` is read
 * whenever it is needed.
 */
export interface Service {
  /** Its name in reports, pending lines and errors. */
  readonly name: string;
  /** Started after these, stopped before them. Each must be used before this one. */
  readonly needs?: readonly Service[];
  /** Called when those it needs have settled in the same phase; one that fails ends the start (C26). */
  readonly startup?: Phases<undefined>;
  /** Called only if it has started, when those that need it have settled in the same phase. */
  readonly shutdown?: Phases<StopReason>;
  /**
   * Milliseconds that it goes on serving after a stop has begun, so that others notice the stop first (N13). Default 0. At most half of
   * the shutdown deadline: `use()` throws `RangeError` for more. Node's limits of shutdown make room for it (N8).
   */
  readonly leadTime?: number;
  /**
   * Milliseconds that the promise of each of its functions may be pending (C66): a number for its start and its stop, or `{ start, stop }`.
   * `start` and `stop` must not be longer than a limit around them that the program wrote: `use()` throws `RangeError` then. Default: the
   * limits of the phase and of the event.
   */
  readonly timeout?: number | ServiceTimeouts;
  /**
   * `true`: all other services start after it and stop before it, without naming it in `needs` (C67). For telemetry and logging. It opens in
   * `before startup` and closes in `after shutdown`, after the triggers of that phase: `use()` throws `TypeError` if it has another function.
   */
  readonly foundation?: boolean;
  /**
   * Called once by `use()`, with the reactor: for services that follow its signal, its state or its clock. When it throws, `use()` throws
   * the same error, and neither this service nor one that `attach` has used is registered.
   */
  attach?(app: ServiceHost): void;
  /** A few words for `describe()` and pending lines: `3 requests`. */
  status?(): string | undefined;
  /**
   * Whether it works now, for `health(app)` and probes (C61). Called while it is started, at most once a second. An answer that comes later
   * than one second after the call is `down`, and so is an error.
   */
  health?(): HealthAnswer | PromiseLike<HealthAnswer>;
  /**
   * `true`: the program isn't ready while this service is down (C61). Don't set it for what all replicas of the program share: when that is
   * down, no replica would get requests.
   */
  readonly affectsReadiness?: boolean;
}

/** The answer of a service that is asked for its health (C61). `detail` is a few words. */
export type HealthAnswer = 'up' | 'down' | { readonly status: 'up' | 'down'; readonly detail?: string };

/** The reactor as a service sees it; every reactor is one. */
export interface ServiceHost extends Clock {
  /** `running` is the only state in which a service should say that it is ready. */
  readonly state: ReactorState;
  /** Adds a service, as `reactor.use()` does. */
  use<S extends Service>(service: S): S;
  /** Puts an error on the reactor's error path, as `reactor.report()` does. */
  report(error: unknown, source?: Partial<Pick<ErrorSource, 'kind' | 'name'>>): void;
}
