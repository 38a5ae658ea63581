import { checkKeys } from './check-keys.ts';
import { ResourceClosedError } from './errors.ts';
import { messageOf } from './describe-thrown.ts';
import type { Clock } from './clock.ts';
import type { ErrorSource } from './error-source.ts';
import { checkFunction, checkLength } from './check-function.ts';
import type { Phases, TriggerContext } from './events.ts';
import type { StopReason } from './host.ts';
import type { ReactorState } from './state.ts';

/** Both ends of something that lives as long as the run (C52). */
export interface Service {
  /** What reports, pending lines and errors call it. */
  readonly name: string;
  /** Started after these, stopped before them. */
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
  /** Called once by `use()`, with the reactor: for services that follow its signal, its state or its clock. */
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

/** The two ends of a service's life. */
export type Ends = 'startup' | 'shutdown';

/** A service with a value: a connection, a pool, a file. */
export interface Resource<T> extends Service {
  /** What `open` gave; outside of its life `ResourceClosedError`. */
  readonly value: T;
}

/** The limit of a resource's functions: a plain `Service` has none. */
export const timeouts: WeakMap<Service, number> = new WeakMap();

/** Tells a resource that its opening was left behind: nothing would close a value that comes later, so it gets none. */
export const openingLeftBehind: WeakMap<Service, () => void> = new WeakMap();

/**
 * The common service (C52): opened in `during startup`, closed in `during shutdown`, `.value` in between.
 * `open` and `close` may each pend for `timeout` milliseconds; an `open` that outlives it must clean up after itself when `context.signal` aborts.
 *
 * @example
 * const db = reactor.use(resource('db', () => openDb(), (db) => db.close()));
 */
export function resource<T>(
  name: string,
  open: (context: TriggerContext<undefined>) => T | PromiseLike<T>,
  close?: (value: T, context: TriggerContext<StopReason>) => unknown,
  options: { readonly needs?: readonly Service[]; readonly timeout?: number } = {},
): Resource<T> {
  checkFunction(open, `The open function of resource "${name}"`);
  if (close !== undefined) checkFunction(close, `The close function of resource "${name}"`);
  checkKeys(options, ['needs', 'timeout'], `The resource "${name}"`);
  checkLength(options.timeout, `The timeout of resource "${name}"`);
  let opened: { readonly value: T } | undefined;
  let leftBehind = 0;
  const service: Resource<T> = {
    name,
    needs: options.needs ?? [],
    startup: {
      async during(context) {
        const before = leftBehind;
        const value = await open(context);
        if (leftBehind === before) opened = { value };
      },
    },
    shutdown: {
      async during(context) {
        const last = opened;
        try {
          if (last !== undefined) await close?.(last.value, context);
        } finally {
          opened = undefined;
        }
      },
    },
    get value() {
      if (opened === undefined) {
        throw new ResourceClosedError(
          `Resource "${name}" is not open: read its value between its start and its stop, or name it in needs`,
        );
      }
      return opened.value;
    },
  };
  openingLeftBehind.set(service, () => {
    leftBehind++;
  });
  if (options.timeout !== undefined) timeouts.set(service, options.timeout);
  return service;
}

/** What a service says of itself; a `status` that throws says that. */
export function statusOf(service: Service): string | undefined {
  try {
    return service.status?.();
  } catch (error) {
    return `status failed: ${messageOf(error)}`;
  }
}
