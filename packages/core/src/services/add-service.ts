import { rejectIfThrown } from './reject-if-thrown.ts';
import { serviceControl } from './service-control.ts';
import type { Service, ServiceHost } from './service.ts';

/**
 * Adds a service to a reactor that runs, and starts it, after those it needs (C63). If the reactor is still starting, the service starts
 * after that. Resolves with the service when it has started. It is stopped with the others.
 *
 * If it doesn't start, the error is reported once, the service is forgotten, the program goes on, and the promise rejects with the error.
 * Also rejects with what `use()` would throw, with `TypeError` for a service with `foundation: true`, with `ServiceGraphError` if a need is
 * being removed, with `PhasePassedError` from `during shutdown` on, and with `ReactorStoppedError` if a stop or crash comes in between.
 *
 * @example
 * const tenant = await addService(app, resource('tenant 7', openPool, (pool) => pool.end(), { needs: [config] }));
 */
export function addService<S extends Service>(app: ServiceHost, service: S): Promise<S> {
  const control = serviceControl(app);
  return rejectIfThrown(() => control.add(service) as Promise<S>); // as: it resolves with the service
}
