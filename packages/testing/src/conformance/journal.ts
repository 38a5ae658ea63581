import type { Trigger, TriggerContext } from '@triphase/core';
import { type Deferred, deferred } from './deferred.ts';

/** What happened, in order, and triggers that write it down. */
export class Journal {
  readonly entries: string[] = [];

  /** A trigger that notes its name and returns nothing. */
  notes(entry: string): () => void {
    return () => {
      this.entries.push(entry);
    };
  }

  /** A trigger that notes its name and pends until it is settled by hand. */
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

/** A trigger that pends, and what settles it. */
export interface PendingTrigger extends Deferred<void> {
  readonly trigger: Trigger;
  /** Resolves when it is called first. */
  readonly called: Promise<void>;
  /** What it was called with, each time. */
  readonly contexts: readonly TriggerContext[];
}
