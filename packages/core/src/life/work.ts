import type { FiringDeps } from '../events/firing-deps.ts';
import type { ErrorSource } from '../ground/error-source.ts';
import type { PendingItem } from '../ground/observer.ts';
import type { Run } from './run.ts';
import { isOneOf } from '../ground/is-stop-rejection.ts';
import { whenSettled } from '../ground/thenable.ts';
import { RegisteredTrigger, type ActiveFiring, type CallOutcome, type TriggerList } from '../events/trigger.ts';

/**
 * Work in flight (C57): a trigger of shutdown that returns a promise which was given to `waitUntil`. If the promise settles before the
 * phase begins, the trigger is removed.
 */
class Work extends RegisteredTrigger {
  /** When it was given, on the reactor's clock. */
  readonly since: number;

  constructor(list: TriggerList, promise: () => unknown, name: string, since: number) {
    super(list, promise, { name, every: false });
    this.since = since;
  }

  override get kind(): ErrorSource['kind'] & PendingItem['kind'] {
    return 'work';
  }

  override get remedy(): string {
    return 'end it when reactor.signal aborts';
  }

  /** After a crash the work is registered again: the shutdown of the next run waits for it (C31). */
  override onSettled(outcome: CallOutcome, firing: ActiveFiring): void {
    if (outcome === 'abandoned' && firing.isCut) this.list.add(this);
  }
}

/**
 * Makes a trigger for work in flight. A rejection before the stop is reported; later it is a failure of the trigger. Work that rejects with
 * the reason of the stop, since it was aborted by the signal, has not failed. Throws `TypeError` if `promise` isn't a thenable.
 *
 * `currentRun`: returns the run under way. When `workInFlight` is called, that is the run in which the work was given;
 * undefined if `run()` has not been called yet.
 */
export function workInFlight(
  list: TriggerList,
  promise: unknown,
  name: string,
  env: FiringDeps,
  currentRun: () => Run | undefined,
): RegisteredTrigger {
  const run = currentRun();
  const remove = (): boolean => work.remove();
  const settled = whenSettled(promise, remove, (error) => {
    if (isOneOf(error, [(run ?? currentRun())?.reason])) return remove();
    if (currentRun()?.reason === undefined && remove()) env.report(error, { kind: 'work', name });
    throw error;
  });
  if (settled === undefined)
    throw new TypeError(
      `waitUntil() needs a promise, got ${typeof promise}: call the function, and pass what it returns`,
    );
  settled.catch(() => undefined); // the trigger reports it
  const work = new Work(list, () => settled, name, env.now());
  return work;
}

/** The work that no phase waits for yet (C47). */
export function waitingWork(lists: readonly TriggerList[], now: number): PendingItem[] {
  return lists
    .flatMap((list) => list.all())
    .filter((trigger) => trigger instanceof Work)
    .map(({ name, since }) => ({ kind: 'work', name, age: now - since }));
}
