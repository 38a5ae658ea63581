import type { Environment } from './environment.ts';
import type { ErrorSource } from './error-source.ts';
import type { Firing } from './firing.ts';
import type { TriggerOutcome, Waiting } from './observer.ts';
import type { Run } from './run.ts';
import { whenSettled } from './thenable.ts';
import { RegisteredTrigger, type TriggerList } from './trigger.ts';

/**
 * Work in flight (C57): a trigger of shutdown that returns the promise of what is under way already. It leaves its list when the work
 * is over before its phase begins.
 */
class Work extends RegisteredTrigger {
  /** When it was given. */
  readonly since: number;

  constructor(list: TriggerList, promise: () => unknown, name: string, since: number) {
    super(list, promise, { name });
    this.since = since;
  }

  override get kind(): ErrorSource['kind'] & Waiting['kind'] {
    return 'work';
  }

  /** A crash does not end it: it holds the next run (C31). */
  override onSettled(outcome: TriggerOutcome, firing: Firing): void {
    if (outcome === 'abandoned' && firing.isCut) this.list.add(this);
  }
}

/**
 * Makes a trigger of work in flight. When it rejects before the stop, that is reported; later the firing hears of it. Work that rejects
 * with the reason of the stop, as its signal told it to, is over and has not failed. Throws `TypeError` for what is no thenable.
 *
 * `run`: in which it was given; `current`: the one under way at any time.
 */
export function workInFlight(
  list: TriggerList,
  promise: unknown,
  name: string,
  env: Environment,
  run: Run | undefined,
  current: () => Run | undefined,
): RegisteredTrigger {
  const over = (): boolean => work.remove();
  const settled = whenSettled(promise, over, (error) => {
    const reason = (run ?? current())?.reason;
    // Node's own functions wrap what their signal aborted with.
    const wasTold = reason !== undefined && (error === reason || (error instanceof Error && error.cause === reason));
    if (wasTold) return over();
    if (current()?.reason === undefined && over()) env.report(error, { kind: 'work', name });
    throw error;
  });
  if (settled === undefined) {
    throw new TypeError(
      `waitUntil() needs a promise, got ${typeof promise}: call the function, and pass what it returns`,
    );
  }
  settled.catch(() => undefined); // whoever waits for it hears of it
  const work = new Work(list, () => settled, name, env.now());
  return work;
}

/** What is in flight and holds nothing yet (C47). */
export function waitingWork(lists: readonly TriggerList[], now: number): Waiting[] {
  return lists
    .flatMap(({ slots }) => slots)
    .filter((trigger) => trigger instanceof Work)
    .map(({ name, since }) => ({ kind: 'work', name, age: now - since }));
}
