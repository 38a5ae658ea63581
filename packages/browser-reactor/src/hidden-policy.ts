/** What becomes of queued and timed calls while nobody sees the page (B5). */
export type WhenHidden = 'run' | 'throttle' | 'pause';

/** The values of {@link WhenHidden}. */
export const WHEN_HIDDEN: readonly WhenHidden[] = ['run', 'throttle', 'pause'];

/** How turns come at this moment. */
export type Pace = 'visible' | WhenHidden;

/** Milliseconds that a turn waits while the page is hidden and the policy is `throttle`. */
export const THROTTLE_MS = 1_000;
