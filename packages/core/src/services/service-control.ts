import { describeThrown } from '../ground/describe-thrown.ts';
import { ReactorNotRunningError } from '../ground/errors.ts';
import type { StopReason } from '../ground/host.ts';
import { refuseSelfWait } from './body-context.ts';
import { dependantsOf, isNeeded } from './dependants.ts';
import { failProgram } from './fail-program.ts';
import { ServiceChanges } from './service-changes.ts';
import { lifeOf, type ServiceLife } from './service-life.ts';
import { nameIn } from './service-members.ts';
import type { Service, ServiceHost } from './service.ts';

/** What functions that take a reactor, such as `restartService(app, …)`, may do with its services. */
export interface ServiceControl {
  /**
   * A service has gone down by itself: its body has failed or ended, or a resource is lost. Services that start and need it wait until it
   * is up again. Its shutdown functions are still due: `restart` or the shutdown of the run calls them. Does nothing unless the service is
   * up. `isDue`: it hasn't failed, and is to be started again. If the reactor is still starting, that start calls it again, or it is started
   * alone after the start.
   */
  down(service: Service, isDue?: boolean): void;
  /**
   * Stops services and starts them again (C60). `dependants: false`: the service alone (C59); `true`: those that need it too, in order.
   * `reason` is the detail of their shutdown functions. A second call for the same service returns the promise of the first one. Nothing is
   * restarted if `isWanted` returns `false` when it is to begin, after other changes. Rejects if the reactor isn't running, or if one of them
   * doesn't start; that error has been reported then.
   */
  restart(service: Service, options: RestartRequest): Promise<unknown>;
  /** Registers a service and starts it (C63). Rejects if it doesn't start; it is forgotten then. */
  add(service: Service): Promise<unknown>;
  /** Stops a service and those that need it, and forgets them (C63). */
  remove(service: Service): Promise<unknown>;
  /** Whether a service that starts or has started, and has not stopped, needs it. */
  isNeeded(service: Service): boolean;
  /** Whether a service that it needs has gone down, though it should be up in `during startup`. */
  isHeld(service: Service): boolean;
  /**
   * Ends the program with `{ kind: 'service-failed' | 'service-ended', service, cause? }` and status 1. `error` is reported, and appears once
   * in the errors of the result. While the reactor starts this is a failed start (C26). Once stopping has begun, the error only goes into the
   * result.
   */
  failProgram(reason: StopReason & { readonly service: string }, error: unknown): void;
  /** A service has failed, and the program goes on without it: `error` is reported, and appears once in the errors of the result. */
  failed(service: Service, error: unknown): void;
  /** Logs a line, with the option `debug` followed by the stack of `error`. */
  warn(line: string, error: unknown): void;
}

/** The options of `ServiceControl.restart`. */
interface RestartRequest {
  readonly dependants: boolean;
  readonly reason: StopReason;
  readonly isWanted?: () => boolean;
}

/** Makes a control of a reactor's services. All controls of one reactor share its `ServiceChanges`. Throws `TypeError` if `app` isn't a reactor. */
export function serviceControl(app: ServiceHost): ServiceControl {
  const life = lifeOf(app);
  const changes = life.changes instanceof ServiceChanges ? life.changes : new ServiceChanges(life, app);
  life.changes = changes;
  return new ReactorServices(life, changes);
}

class ReactorServices implements ServiceControl {
  readonly #life: ServiceLife;
  readonly #changes: ServiceChanges;

  constructor(life: ServiceLife, changes: ServiceChanges) {
    this.#life = life;
    this.#changes = changes;
  }

  down(service: Service, isDue?: boolean): void {
    const node = this.#life.events.services.find(service);
    if (node !== undefined) this.#changes.lose(node, isDue === true);
  }

  restart(service: Service, { dependants, reason, isWanted }: RestartRequest): Promise<unknown> {
    const state = this.#life.current?.state ?? 'idle';
    if (state === 'running') {
      const refused = this.#refuseSelfWait('its restart', service, dependants, false);
      return refusalOr(refused, this.#changes.ask('restart', service, reason, dependants, isWanted));
    }
    const text = `A service can't be restarted, since the reactor isn't running (state: ${state}): restart it between its start and its stop`;
    return Promise.reject(new ReactorNotRunningError(text));
  }

  add(service: Service): Promise<unknown> {
    return this.#changes.ask('add', service, { kind: 'add', service: nameIn(service) }, true);
  }

  remove(service: Service): Promise<unknown> {
    const refused = this.#refuseSelfWait('its removal', service, true, true);
    return refusalOr(refused, this.#changes.ask('remove', service, { kind: 'remove', service: nameIn(service) }, true));
  }

  /** Returns a rejected promise if the body of a service asks for a change that stops this service (C58). `withOwned`: see `dependantsOf`. */
  #refuseSelfWait(
    what: string,
    service: Service,
    withDependants: boolean,
    withOwned: boolean,
  ): Promise<never> | undefined {
    const { services } = this.#life.events;
    const root = services.find(service);
    if (root === undefined) return undefined;
    const nodes = withDependants ? dependantsOf(root, withOwned, services.nodes) : [root];
    return refuseSelfWait(what, (each) => nodes.some((node) => node.service === each));
  }

  isNeeded(service: Service): boolean {
    const node = this.#life.events.services.find(service);
    return node !== undefined && isNeeded(node);
  }

  isHeld(service: Service): boolean {
    return this.#life.events.services.find(service)?.isHeld('during') === true;
  }

  failProgram(reason: StopReason & { readonly service: string }, error: unknown): void {
    this.#life.env.report(error, { kind: 'service', name: reason.service });
    failProgram(this.#life, reason, error);
  }

  failed({ name }: Service, error: unknown): void {
    this.#life.env.report(error, { kind: 'service', name });
    this.#life.current?.failures.add(error);
  }

  warn(line: string, error: unknown): void {
    const { env } = this.#life;
    env.warn(env.debug && error !== undefined ? `${line}\n${describeThrown(error)}` : line);
  }
}

/** What the caller gets: the refusal if there is one. Then nobody awaits the change, so its rejection is marked as handled. */
function refusalOr(refused: Promise<never> | undefined, change: Promise<unknown>): Promise<unknown> {
  if (refused === undefined) return change;
  change.catch(() => undefined);
  return refused;
}
