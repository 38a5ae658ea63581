import type { Registration } from '../events/trigger.ts';
import type { Service } from './service.ts';

/** What a plain `Service` cannot say: the options of each call of its functions, and what to do when its start is abandoned. */
export interface ServiceSettings extends Registration {
  startAbandoned?(): void;
}

/** Set by `resource()`. */
export const serviceSettings: WeakMap<Service, ServiceSettings> = new WeakMap();
