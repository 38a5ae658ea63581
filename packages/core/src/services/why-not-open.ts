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
  const nameIt = 'name it in the needs of what reads it';
  if (state === undefined) return 'is not open: pass it to use() first';
  if (closedBy === 'remove') return 'was removed: read its value before that, or add it again';
  if (closedBy !== undefined)
    return `has closed: ${isNamed ? 'read its value before the services that need it have stopped' : nameIt}`;
  if (state === 'stopping' || state === 'stopped')
    return 'did not open before the stop: read its value after its start';
  return `is not open yet: ${isNamed ? `read its value in "${phase}" of startup or later` : nameIt}`;
}
