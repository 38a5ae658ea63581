import { rejectIfThrown } from './reject-if-thrown.ts';
import { serviceControl } from './service-control.ts';
import { nameIn } from './service-members.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * Restarts a service while the reactor runs (C60): those that need it and the service itself go through their three shutdown phases, in
 * order, with the reason `{ kind: 'restart', service: name }` and under the limits of shutdown, then through their startup phases. Resolves
 * when all of them have started.
 *
 * Restarts that share services run one after the other; a second call for a service whose restart is under way returns the same promise. If
 * a service doesn't start, it is reported and the promise rejects with its error: its restart policy goes on from there (C59), and without
 * one the program ends with `{ kind: 'service-failed', service, cause }` and status 1. The program also ends if a service doesn't stop
 * within its limit: a service is never started while its last run still goes on. Rejects with `ReactorNotRunningError` unless the reactor
 * is running, with `ServiceGraphError` for a service that isn't used, and with `ReactorStoppedError` if a stop or crash comes in between.
 *
 * @example
 * await restartService(app, db); // for example, to use new credentials
 */
export function restartService(app: ServiceHost, service: Service): Promise<void> {
  const control = serviceControl(app);
  return rejectIfThrown(() => {
    const reason = { kind: 'restart', service: nameIn(service) };
    return control.restart(service, { dependants: true, reason }) as Promise<void>; // as: callers don't get the value
  });
}
