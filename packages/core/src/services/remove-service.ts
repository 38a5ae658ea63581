import { rejectIfThrown } from './reject-if-thrown.ts';
import { serviceControl } from './service-control.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * Stops a service while the reactor runs, with those that need it, and forgets them (C63). Their shutdown functions get the reason
 * `{ kind: 'remove', service: name }` and the limits of shutdown. Resolves when they have stopped; afterwards they can be added again.
 *
 * A shutdown function that fails is reported. One that takes longer than its limit is abandoned: the promise rejects with its
 * `TriggerTimeoutError`, which the result of the run has too. Otherwise rejects with `TypeError` for a foundation, with `ServiceGraphError`
 * for a service that isn't used, with `PhasePassedError` once shutdown has begun, and with `ReactorStoppedError` if a stop comes before it
 * has begun.
 *
 * @example
 * await removeService(app, tenant);
 */
export function removeService(app: ServiceHost, service: Service): Promise<void> {
  const control = serviceControl(app);
  return rejectIfThrown(() => control.remove(service) as Promise<void>); // as: callers don't get the value
}
