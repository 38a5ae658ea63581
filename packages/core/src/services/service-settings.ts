import type { Registration } from '../events/trigger.ts';
import type { Service } from './service.ts';

/** Settings that the public `Service` type doesn't have: the options of its calls, and what to do when its start is abandoned. */
export interface ServiceSettings extends Registration {
  startAbandoned?(): void;
  /** `use()` has made its node. */
  used?(node: { readonly neededBy: readonly { readonly hasStarted: boolean }[] }): void;
}

/** Set by `resource()`. */
export const serviceSettings: WeakMap<Service, ServiceSettings> = new WeakMap();
