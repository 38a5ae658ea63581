import type { StopReason } from '../ground/host.ts';
import { nameIn } from './service-members.ts';
import type { ServiceNode } from './service-node.ts';
import type { ServicePart } from './service-part.ts';
import type { Service } from './service.ts';

/** `start`: services that could not start before, since one that they need was down. */
export type ChangeKind = 'restart' | 'remove' | 'add' | 'start';

/**
 * One change of the services while the reactor runs, and the promise that its caller gets.
 *
 *     waiting ─► stopping ─► starting ─► following ─► over
 *
 * A removal is over after `stopping`; `add` and `start` skip it. `following`: it waits for services that could not start yet, since one that
 * they need is down. From `stopping` to `starting` its nodes are locked: no other change stops or starts them.
 */
export class Change {
  readonly kind: ChangeKind;
  /** Undefined for `start`. */
  readonly service: Service | undefined;
  /** The detail of shutdown functions, and what the observer is told. */
  readonly reason: StopReason;
  /** Whether those that need the service are stopped and started with it. */
  readonly withDependants: boolean;
  /** It was asked for after stopping had begun: the stop doesn't cut it. */
  readonly isLate: boolean;
  /** The reactor used the service when this change was asked for. */
  readonly isKnown: boolean;
  /** The nodes that it stops or starts, once it has begun. */
  nodes: readonly ServiceNode[] = [];
  /** The services that must be up before the promise resolves. */
  readonly mustBeUp: Set<ServiceNode> = new Set();
  /** Called when the change is to begin: returns whether it is still wanted. Undefined: it is. */
  isWanted: (() => boolean) | undefined;
  part: ServicePart | undefined;
  /** The first error. An object, since a service may fail with `undefined`. */
  failure: { readonly error: unknown } | undefined;
  /** The failed `add` whose services this removal removes. It settles when the removal does. */
  addition: Change | undefined;
  /** Resolves with the service. */
  readonly promise: Promise<unknown>;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(
    kind: ChangeKind,
    service: Service | undefined,
    reason: StopReason,
    withDependants: boolean,
    isLate: boolean,
    isKnown: boolean,
  ) {
    this.kind = kind;
    this.service = service;
    this.reason = reason;
    this.withDependants = withDependants;
    this.isLate = isLate;
    this.isKnown = isKnown;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Starts services that were due. Nobody waits for it. */
  static start(): Change {
    return new Change('start', undefined, { kind: 'start' }, false, false, true);
  }

  /** A removal of the services that a failed addition has added. */
  static takingBack(addition: Change): Change {
    const { service } = addition;
    const removal = new Change('remove', service, { kind: 'remove', service: nameIn(service) }, true, false, true);
    removal.addition = addition;
    return removal;
  }

  fail(error: unknown): void {
    this.failure ??= { error };
  }

  /**
   * Rejects with an error that was reported already, or because the run ends. If nobody awaits the promise, that is no unhandled rejection.
   */
  reject(error: unknown): void {
    this.promise.catch(() => undefined);
    this.#reject(error);
    this.addition?.settle();
  }

  /** Rejects a change that can't begin. Nothing else reports the error: if nobody awaits the promise, it is an unhandled rejection. */
  refuse(error: unknown): void {
    this.#reject(error);
  }

  /** Resolves the promise, or rejects it with the first error. */
  settle(): void {
    if (this.failure !== undefined) {
      this.reject(this.failure.error);
      return;
    }
    this.#resolve(this.service);
    this.addition?.settle();
  }
}
