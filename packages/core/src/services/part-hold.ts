import type { SystemEvent } from '../events/system-event.ts';
import { RegisteredTrigger, type TriggerList } from '../events/trigger.ts';
import type { Change } from './change.ts';

/** A trigger of `before shutdown` that waits for the start of a service which was added meanwhile (C63). */
class PartHold extends RegisteredTrigger {
  constructor(list: TriggerList, { service, promise }: Change) {
    super(list, () => promise.then(ignore, ignore), { name: service?.name, every: false });
  }

  override get kind(): 'service' {
    return 'service';
  }
}

/** Makes the phase of shutdown that is under way, if there is one, wait for a change. */
export function holdShutdown({ firing, lists }: SystemEvent, change: Change): void {
  firing?.call(new PartHold(lists[0] as TriggerList, change)); // as: there is a list for each phase
}

function ignore(): void {
  // The change itself reports its failure.
}
