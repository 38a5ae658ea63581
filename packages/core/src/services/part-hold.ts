import type { SystemEvent } from '../events/system-event.ts';
import { RegisteredTrigger, type CallOutcome, type TriggerList } from '../events/trigger.ts';
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

  /** The shutdown goes on without the start, at a limit, on escalation or at the end of the run: ends the part. */
  override onSettled(outcome: CallOutcome): void {
    if (outcome === 'abandoned') this.#part.leave();
  }
}

/** Makes the phase of shutdown that is under way wait for a part. */
export function holdShutdown({ firing, lists }: SystemEvent, part: ServicePart, change: Change): void {
  const list = lists[0];
  if (firing !== undefined && list !== undefined) firing.call(new PartHold(list, part, change));
}

function ignore(): void {
  // The change itself reports its failure.
}
