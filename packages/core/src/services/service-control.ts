import type { StopReason } from '../ground/host.ts';
import type { Service, ServiceHost } from './service.ts';

/** What the functions beside a reactor may do with its services. One object for each reactor. */
export interface ServiceControl {
  /**
   * A service has gone down by itself: its body has failed or ended, or a resource is lost. Services that start and need it wait until it is
   * up again. Its shutdown functions are still due: `restart` or the shutdown of the run calls them. Does nothing unless the service is up.
   */
  down(service: Service): void;
  /**
   * Stops services and starts them again (C60). `dependants: false`: the service alone (C59); `true`: those that need it too, in order.
   * `reason` is the detail of their shutdown functions. A second call for the same service returns the promise of the first one. Rejects if
   * the reactor isn't running, or if one of them doesn't start; that error has been reported then.
   */
  restart(service: Service, options: { readonly dependants: boolean; readonly reason: StopReason }): Promise<void>;
  /** Registers a service and starts it (C63). Rejects if it doesn't start; it is forgotten then. */
  add(service: Service): Promise<void>;
  /** Stops a service and those that need it, and forgets them (C63). */
  remove(service: Service): Promise<void>;
  /** Whether a service that has started, and has not stopped, needs it. */
  isNeeded(service: Service): boolean;
  /** All services in the order of use. `since`: when it got its state, on the reactor's clock in milliseconds. */
  list(): readonly ServiceState[];
  /**
   * Ends the program with `{ kind: 'service-failed' | 'service-ended', service, cause? }` and status 1. `error` is reported and is once in
   * the errors of the result; leave it out if the program has nothing to say. While the reactor starts this is a failed start (C26). Once
   * stopping has begun, the error only goes into the result.
   */
  failProgram(reason: StopReason, error?: unknown): void;
}

/** A service as `ServiceControl.list` shows it. */
export interface ServiceState {
  readonly service: Service;
  readonly name: string;
  readonly state: string;
  readonly since: number;
}

/** The control of a reactor's services. Throws `TypeError` if `app` isn't a reactor. */
export function serviceControl(_app: ServiceHost): ServiceControl {
  throw new Error('not yet');
}
