import { PhasePassedError, ReactorStoppedError, ServiceGraphError, TriggerFailedError } from '../ground/errors.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import { PHASES, type Phase } from '../ground/events.ts';
import { printable } from '../ground/printable.ts';
import type { Change } from './change.ts';
import type { ServiceLife } from './service-life.ts';
import { nameIn } from './service-members.ts';
import type { LifeEvent, ServiceNode } from './service-node.ts';

/** Where an error of a service comes from, for `onError`. */
export function sourceOf({ name }: ServiceNode, event: LifeEvent, phase: Phase): ErrorSource {
  return { kind: 'service', name, event, phase };
}

/** The change was not over when a stop or a crash came. */
export function endedByStop(): ReactorStoppedError {
  return new ReactorStoppedError(
    'This change of services was not over when the reactor stopped or crashed: make it before the stop',
  );
}

/** Services can join until `during shutdown` begins, and leave until `before shutdown` does (C63). */
export function isTooLate({ kind }: Change, { events, current }: ServiceLife): boolean {
  const { firing } = events.shutdown;
  const begun = firing?.phasesBegun ?? (current?.hasPassed('shutdown') === true ? PHASES.length : 0);
  const isInBefore = begun === 1 && firing?.isInPhase === true;
  return begun > 0 && (kind !== 'add' || !isInBefore);
}

export function tooLate({ kind }: Change): PhasePassedError {
  return new PhasePassedError(
    kind === 'add'
      ? 'A service was added too late, the phase "during" of shutdown has begun: add it before that'
      : "A service can't be removed any more, shutdown has begun and stops it: remove it before that",
  );
}

export function notUsed({ service }: Change): ServiceGraphError {
  const name = nameIn(service);
  return new ServiceGraphError(
    `Service "${printable(name)}" isn't used by this reactor, or was removed: use or add it first`,
    [name],
  );
}

/** A service was removed with one that it needs. */
export function removedWith({ name }: ServiceNode, { service, addition }: Change): ServiceGraphError {
  const other = nameIn(service);
  return new ServiceGraphError(
    `Service "${printable(name)}" was removed, since "${printable(other)}" ${addition === undefined ? 'was' : 'failed to start'}: add it again`,
    [name, other],
  );
}

/** Throws if a service can't join: it is a foundation, or needs a service that leaves. */
export function checkAddition({ name, isFoundation }: ServiceNode, leaving: ServiceNode | undefined): void {
  if (isFoundation)
    throw new TypeError(`Service "${printable(name)}" is a foundation and comes too late: use it before run()`);
  if (leaving !== undefined)
    throw new ServiceGraphError(
      `Service "${printable(name)}" needs "${printable(leaving.name)}", which is being removed: add that again first`,
      [name, leaving.name],
    );
}

/** Throws if a service can't leave. */
export function checkRemoval(nodes: readonly ServiceNode[]): void {
  const foundation = nodes.find(({ isFoundation }) => isFoundation);
  if (foundation !== undefined)
    throw new TypeError(
      `Service "${printable(foundation.name)}" is a foundation, or a foundation needs it: it can't be removed`,
    );
}

/** A shutdown function was abandoned when the stop was escalated. */
export function leftBehind(node: ServiceNode, phase: Phase): TriggerFailedError {
  const { name } = node;
  return new TriggerFailedError(
    `Service "${printable(name)}" (shutdown, ${phase}) was abandoned: ${node.remedy('shutdown')}`,
    'shutdown',
    phase,
    name,
  );
}
