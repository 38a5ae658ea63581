import type { CoreEvents } from '@triphase/core';

/**
 * The events of a page, beside `startup` and `shutdown` (B8). They never overlap: each waits for the one before it, and `hidden` and
 * `visible` that cancel each other out while they wait are dropped.
 */
export interface PageEvents extends CoreEvents {
  /** Nobody sees the page any more. Always before `suspend` and `shutdown`; often the last thing a page hears (B13): save here. */
  hidden: PageDetail;
  /** The page is seen again; after `resume`, if it was suspended. Not fired for a page that is visible when the reactor is run. */
  visible: PageDetail;
  /**
   * The page is frozen, or kept for when the user comes back; nothing of it runs before `resume`. Terminal: no trigger is waited for
   * (B11).
   */
  suspend: PageDetail;
  /** The page runs again, the same reactor on it (B9): sockets and other connections are closed by now. */
  resume: PageDetail;
}

/** The detail of a page event. */
export interface PageDetail {
  /** The page left for the back/forward cache, or came from there; `false` for a tab that is switched or frozen. */
  readonly persisted: boolean;
}

/** One thing that happens to a page. Several native events that tell of it make one. */
export interface PageChange {
  readonly type: 'hidden' | 'visible' | 'suspend' | 'resume' | 'shutdown';
  readonly persisted: boolean;
  /** The page stops now: nothing can be waited for (C32). */
  readonly terminal: boolean;
}
