import type { Phase } from '../ground/events.ts';
import type { ReactorState } from '../life/state.ts';

/** What is known of a resource that isn't open. */
interface ClosedResource {
  /** The state of its reactor; undefined if no reactor uses it. */
  readonly state: ReactorState | undefined;
  /** The kind of the stop that has closed it; undefined if it was not opened yet. */
  readonly closedBy: string | undefined;
  /** The phase of startup in which it opens. */
  readonly phase: Phase;
  /** A service names it in `needs`. */
  readonly isNamed: boolean;
}

/**
 * Says why a resource isn't open, and what to do, for `ResourceClosedError`. It doesn't know who has read the value: where services need the
 * resource it says when they can read it.
 */
export function whyNotOpen({ state, closedBy, phase, isNamed }: ClosedResource): string {
  const nameIt = 'name it in the needs of the service that reads it';
  if (state === undefined) return 'is not open, since no reactor uses it: pass it to use()';
  if (closedBy === 'remove') return 'was removed by removeService(): read its value before that, or add it again';
  if (closedBy !== undefined)
    return `has closed: ${isNamed ? 'read its value before the services that need it have stopped' : `${nameIt}, so that it closes later`}`;
  if (state === 'stopping' || state === 'stopped')
    return 'was not opened before the stop: read its value once it has started';
  return isNamed
    ? `is not open yet, it opens in "${phase}" of startup: read its value in that phase or later, in a service that needs it`
    : `is not open yet: ${nameIt}, so that it opens earlier`;
}
