import type { CallOptions, DelayedCall, ReactorBase, Service, WorkOptions } from '@triphase/core';
import { ImmediateReactor } from '../immediate-reactor.ts';
import type { SabotagedReactor } from './sabotaged-reactor.ts';

/** A reactor whose use() changes the service. */
function using(change: (service: Service) => Service): SabotagedReactor['create'] {
  return (options) =>
    new (class extends ImmediateReactor {
      override use<S extends Service>(service: S): S {
        super.use(change(service));
        return service;
      }
    })(options);
}

/** A reactor whose waitUntil() does something else. */
function waiting(wait: (promise: PromiseLike<unknown>) => void): SabotagedReactor['create'] {
  return (options) =>
    new (class extends ImmediateReactor {
      override waitUntil(promise: PromiseLike<unknown>): void {
        wait(promise);
      }
    })(options);
}

const copied = using((service) => ({ ...service }));
const forgetful = waiting((promise) => void promise.then(undefined, () => undefined));

/** Reactors that break something which services and work need. */
export const sabotagedServices: readonly SabotagedReactor[] = [
  { statement: 'C57', what: 'a reactor that waits for no work', create: forgetful },
  {
    statement: 'C57',
    what: 'a reactor whose work loses its name',
    create: (options) =>
      new (class extends ImmediateReactor {
        override waitUntil(promise: PromiseLike<unknown>, _options?: WorkOptions): void {
          super.waitUntil(promise);
        }
      })(options),
  },
  { statement: 'C58', what: 'a reactor that uses a copy of a background', create: copied },
  {
    statement: 'C58',
    what: 'a reactor that stops its services in any order',
    create: using((service) => withNeeds(service, [])),
  },
  {
    statement: 'C59',
    what: 'a reactor whose random numbers are all 0, so that jitter does nothing',
    create: (options) =>
      new (class extends ImmediateReactor {
        override random(): number {
          return 0;
        }
      })(options),
  },
  {
    statement: 'C59',
    what: 'a reactor that shortens all delays to a millisecond',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callLater(ms: number, fn: () => unknown, given?: CallOptions): DelayedCall {
          return super.callLater(Math.min(ms, 1), fn, given);
        }
      })(options),
  },
  { statement: 'C60', what: 'a reactor that cannot find its services for a restart', create: copied },
  {
    statement: 'C61',
    what: 'a reactor that uses services without their health',
    create: using((service) => without(service, 'health')),
  },
  {
    statement: 'C61',
    what: 'a reactor that ignores affectsReadiness',
    create: using((service) => without(service, 'affectsReadiness')),
  },
  {
    statement: 'C62',
    what: 'a reactor that stops the needs of a gate while its calls run',
    create: using((service) => withNeeds(service, [])),
  },
  {
    statement: 'C62',
    what: 'a reactor that does not stop its gates',
    create: using((service) => without(service, 'shutdown')),
  },
  { statement: 'C63', what: 'a reactor that cannot find its services for a removal', create: copied },
  {
    statement: 'C64',
    what: 'a reactor whose fail is a plain stop',
    create: (options) =>
      new (class extends ImmediateReactor {
        override fail(): void {
          void this.stop();
        }
      })(options),
  },
  {
    statement: 'C64',
    what: 'a reactor whose report ends the program',
    create: (options) =>
      new (class extends ImmediateReactor {
        override report(...[error]: Parameters<ReactorBase['report']>): void {
          this.fail(error);
        }
      })(options),
  },
  {
    statement: 'C66',
    what: 'a reactor that uses services without their timeout',
    create: using((service) => without(service, 'timeout')),
  },
  {
    statement: 'C67',
    what: 'a reactor that treats a foundation like other services',
    create: using((service) => without(service, 'foundation')),
  },
  { statement: 'C68', what: 'a reactor that does not wait for a run of every()', create: forgetful },
  {
    statement: 'C69',
    what: 'a reactor whose stop does not wait for a debounced call',
    create: forgetful,
  },
  {
    statement: 'C69',
    what: 'a reactor without limits, whose remaining() is wrong',
    create: (options) => new ImmediateReactor({ ...options, limits: {} }),
  },
  {
    statement: 'C71',
    what: 'a reactor that never calls attach()',
    create: using((service) => without(service, 'attach')),
  },
  { statement: 'C72', what: 'a reactor that uses a copy of a resource', create: copied },
  {
    statement: 'C55',
    what: 'a reactor whose wallNow() is now()',
    create: (options) =>
      new (class extends ImmediateReactor {
        override wallNow(): number {
          return this.now();
        }
      })(options),
  },
  {
    statement: 'C55',
    what: 'a reactor that ignores random() of its host record',
    create: (options) =>
      new (class extends ImmediateReactor {
        override random(): number {
          return Math.random();
        }
      })(options),
  },
];

/** Changes the service in place: with a copy, the reactor could not find the service again, which is another fault. */
function without(service: Service, member: keyof Service): Service {
  return Object.defineProperty(service, member, { value: undefined });
}

/** Changes the service in place, like {@link without}. */
function withNeeds(service: Service, needs: readonly Service[]): Service {
  return Object.defineProperty(service, 'needs', { value: needs });
}
