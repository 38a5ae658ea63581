/** What becomes of queued and timed calls while nobody sees the page (B5). */
export type WhenHidden = 'run' | 'throttle' | 'pause';

/** How turns come at this moment. */
export type Pace = 'visible' | WhenHidden;

/** Milliseconds that a turn waits while the page is hidden and the policy is `throttle`. */
export const THROTTLE_MS = 1_000;

/** Throws `RangeError` for what is no policy. */
export function checkWhenHidden(whenHidden: WhenHidden): void {
  if (!['run', 'throttle', 'pause'].includes(whenHidden)) {
    throw new RangeError(`whenHidden is ${whenHidden}: give 'run', 'throttle' or 'pause'`);
  }
}
