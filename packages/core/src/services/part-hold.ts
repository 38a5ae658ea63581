import type { SystemEvent } from '../events/system-event.ts';
import { RegisteredTrigger, type TriggerList } from '../events/trigger.ts';
import type { Change } from './change.ts';
import type { ServicePart } from './service-part.ts';

/** A trigger of `before shutdown` that waits for the start of a service which was added meanwhile (C63). */
class PartHold extends RegisteredTrigger {
  readonly #part: ServicePart;

  constructor(list: TriggerList, part: ServicePart, { service, promise }: Change) {
    super(list, () => promise.then(ignore, ignore), { name: service?.name, every: false });
    this.#part = part;
  }

  override get kind(): 'service' {
    return 'service';
  }

  /** The start is over; or the shutdown goes on without it, at a limit, on escalation or at the end of the run: then the part ends. */
  override onSettled(): void {
    this.#part.leave();
  }
}

/** Makes the phase of shutdown that is under way, if there is one, wait for a part. */
export function holdShutdown({ firing, lists }: SystemEvent, part: ServicePart, change: Change): void {
  firing?.call(new PartHold(lists[0] as TriggerList, part, change)); // as: there is a list for each phase
}

function ignore(): void {
  // The change itself reports its failure.
}
