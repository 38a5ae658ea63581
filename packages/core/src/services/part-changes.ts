import type { StopReason } from '../ground/host.ts';
import type { PendingItem } from '../ground/observer.ts';

/**
 * The changes of parts of the services while the reactor runs (C60, C63), as its life sees them. A reactor has none until a function asks for
 * one, so programs without such functions don't ship them.
 */
export interface PartChanges {
  /** A part is being stopped or started: a stop waits for it. */
  readonly areUnderWay: boolean;
  /** Startup is over, stopping has begun, or the stop is escalated: does what follows from it. May be called at any time. */
  advance(): void;
  /** Stopping begins: tells the services that want to know at once. */
  stopBegins(reason: StopReason): void;
  /** The run is over, or has crashed: ends all changes at once. */
  abandon(reason: unknown): void;
  pending(): PendingItem[];
  /** If the body of a service has called `stop()`: a rejected promise, since it would wait for itself (C58). */
  refuseSelfWait(): Promise<never> | undefined;
}
