import type { Trigger, TriggerContext } from '@triphase/core';
import { type Deferred, deferred } from './deferred.ts';

/** A list of what happened, in order, and triggers that add to it. */
export class Journal {
  readonly entries: string[] = [];

  /** Returns a trigger that adds `entry` and returns nothing. */
  notes(entry: string): () => void {
    return () => {
      this.entries.push(entry);
    };
  }

  /** Returns a trigger that adds `entry` and is pending until the test settles it. */
  pends(entry: string): PendingTrigger {
    const result = deferred();
    const called = deferred();
    const contexts: TriggerContext[] = [];
    const trigger = (context: TriggerContext): Promise<void> => {
      this.entries.push(entry);
      contexts.push(context);
      called.resolve();
      return result.promise;
    };
    return { ...result, trigger, contexts, called: called.promise };
  }
}

/** A trigger whose promise the test settles. */
export interface PendingTrigger extends Deferred<void> {
  readonly trigger: Trigger;
  /** Resolves at the first call of the trigger. */
  readonly called: Promise<void>;
  /** The contexts of its calls. */
  readonly contexts: readonly TriggerContext[];
}

/** Whether the signal of each call of the trigger has aborted. */
export function areAborted({ contexts }: PendingTrigger): boolean[] {
  return contexts.map(({ signal }) => signal.aborted);
}
