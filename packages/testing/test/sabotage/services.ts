import type { CallOptions, DelayedCall, ReactorBase, Service, WorkOptions } from '@triphase/core';
import { ImmediateReactor } from '../immediate-reactor.ts';
import type { SabotagedReactor } from './sabotaged-reactor.ts';

/** A reactor that uses another service than the one that it was given. */
function using(change: (service: Service) => Service): SabotagedReactor['create'] {
  return (options) =>
    new (class extends ImmediateReactor {
      override use<S extends Service>(service: S): S {
        super.use(change(service));
        return service;
      }
    })(options);
}

/** A reactor that does something else where it is to wait for work. */
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

/** Each gets something wrong that services and work in flight rely on. */
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
  { statement: 'C58', what: 'a reactor that uses a copy of a body’s service', create: copied },
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
    what: 'a reactor that cuts its timed calls to a millisecond, the delays of restarts too',
    create: (options) =>
      new (class extends ImmediateReactor {
        override callLater(ms: number, fn: () => unknown, given?: CallOptions): DelayedCall {
          return super.callLater(Math.min(ms, 1), fn, given);
        }
      })(options),
  },
  { statement: 'C60', what: 'a reactor whose services cannot be found again for a restart', create: copied },
  {
    statement: 'C61',
    what: 'a reactor that uses services without their health',
    create: using((service) => without(service, 'health')),
  },
  {
    statement: 'C61',
    what: 'a reactor that is ready whatever its services say',
    create: using((service) => without(service, 'affectsReadiness')),
  },
  {
    statement: 'C62',
    what: 'a reactor that closes what a gate needs while work runs',
    create: using((service) => withNeeds(service, [])),
  },
  {
    statement: 'C62',
    what: 'a reactor that lets go of gates when it stops',
    create: using((service) => without(service, 'shutdown')),
  },
  { statement: 'C63', what: 'a reactor whose services cannot be found again for a removal', create: copied },
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
    what: 'a reactor for which a foundation is a service like others',
    create: using((service) => without(service, 'foundation')),
  },
  { statement: 'C68', what: 'a reactor that waits for no run of a loop', create: forgetful },
  {
    statement: 'C69',
    what: 'a reactor whose stop does not wait for a debounced call',
    create: forgetful,
  },
  {
    statement: 'C69',
    what: 'a reactor that is made without limits, and tells no trigger what is left',
    create: (options) => new ImmediateReactor({ ...options, limits: {} }),
  },
  {
    statement: 'C71',
    what: 'a reactor that starts services without their attach',
    create: using((service) => without(service, 'attach')),
  },
  { statement: 'C72', what: 'a reactor that uses a copy of a resource', create: copied },
  {
    statement: 'C55',
    what: 'a reactor whose wall clock is the one of its runs',
    create: (options) =>
      new (class extends ImmediateReactor {
        override wallNow(): number {
          return this.now();
        }
      })(options),
  },
  {
    statement: 'C55',
    what: 'a reactor with random numbers of its own',
    create: (options) =>
      new (class extends ImmediateReactor {
        override random(): number {
          return Math.random();
        }
      })(options),
  },
];

/** In place: as a copy it could not be found again, which is another mistake. */
function without(service: Service, member: keyof Service): Service {
  return Object.defineProperty(service, member, { value: undefined });
}

/** In place, as above. */
function withNeeds(service: Service, needs: readonly Service[]): Service {
  return Object.defineProperty(service, 'needs', { value: needs });
}
