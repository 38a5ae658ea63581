import type { FiringDeps } from '../events/firing-deps.ts';
import type { SystemEvent } from '../events/system-event.ts';
import type { StopReason } from '../ground/host.ts';
import type { Run } from '../life/run.ts';
import type { PartChanges } from './part-changes.ts';
import type { ServiceGraph } from './service-graph.ts';
import type { LimitsOf } from './service-timeouts.ts';

/** The part of a reactor's life that functions which take a reactor use, such as `restartService`. */
export interface ServiceLife {
  readonly env: FiringDeps & { warn(text: string): void };
  readonly registry: { readonly limitsOf: LimitsOf };
  readonly events: { readonly services: ServiceGraph; readonly shutdown: SystemEvent };
  /** The run under way, or the one that has stopped. Undefined when idle. */
  readonly current: Run | undefined;
  /** Set by the first function that changes services. */
  changes: PartChanges | undefined;
  /** Begins to stop, unless it is stopping. Never throws. */
  stopSafely(run: Run, reason: StopReason): void;
}

/** Set by `ReactorBase`. Not a WeakMap from reactors to their lives: a life refers to its reactor, and would keep it alive (C43). */
let readLife: (app: object) => ServiceLife | undefined = () => undefined;

/** Called once, by the class that has the life of a reactor inside. */
export function setLifeReader(read: (app: object) => ServiceLife | undefined): void {
  readLife = read;
}

/** The life of a reactor. Throws `TypeError` if `app` isn't a reactor of this copy of Triphase. */
export function lifeOf(app: object): ServiceLife {
  const life = typeof app === 'object' && (app as object | null) !== null ? readLife(app) : undefined;
  if (life === undefined)
    throw new TypeError('The first argument is no reactor of this copy of @triphase/core: pass the reactor itself');
  return life;
}
