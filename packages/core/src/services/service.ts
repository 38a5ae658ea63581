import type { Clock } from '../ground/clock.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { Phases } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import type { ReactorState } from '../life/state.ts';

/**
 * A part of a program that starts and stops with the reactor (C52). `use()` reads `name`, `needs`, `startup`, `shutdown`,
 * `leadTime` and `attach` once: later changes have no effect. `status` is called whenever it is needed.
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
   * Called once by `use()`, with the reactor: for services that follow its signal, its state or its clock. When it throws, `use()` throws
   * the same error, and neither this service nor one that `attach` has used is registered.
   */
  attach?(app: ServiceHost): void;
  /** A few words for `describe()` and pending lines: `3 requests`. */
  status?(): string;
}

/** The reactor as a service sees it; every reactor is one. */
export interface ServiceHost extends Clock {
  /** `running` is the only state in which a service should say that it is ready. */
  readonly state: ReactorState;
  /** Adds a service, as `reactor.use()` does. */
  use<S extends Service>(service: S): S;
  /** Puts an error on the reactor's error path, as `reactor.report()` does. */
  report(error: unknown, source?: Partial<Pick<ErrorSource, 'kind' | 'name'>>): void;
}
