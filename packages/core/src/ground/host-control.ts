import type { ErrorSource } from './error-source.ts';
import type { StopReason } from './host.ts';

/** What `attachHost` is given, to tell the reactor what happens to its host. None of it throws (C1). */
export interface HostControl {
  /** As `reactor.stop(reason)`; a reactor that stops already goes on stopping. */
  stop(reason: StopReason): void;
  /** As `reactor.escalate(reason)`. */
  escalate(reason: StopReason): void;
  /**
   * Fires an event of the host. A terminal one escalates what is under way, any other waits for it (C32). When the last one that waits is
   * of the type that it `undoes`, neither is fired: they cancel each other out (B8).
   */
  fire(type: unknown, detail: unknown, options: { readonly terminal: boolean; readonly undoes?: unknown }): void;
  /** Hands an error in something that the host called to `onError` (C48). */
  report(error: unknown, source: ErrorSource): void;
  /**
   * Called in `attachHost`: startup is not fired before what it returns is called, such as when a page has been parsed (B8). A stop
   * does not wait for that, unless `stopWaits`; it then waits as long as it would for a start. Startup is over before any of its phases
   * has begun (C29).
   */
  holdStart(options?: { readonly stopWaits?: boolean }): () => void;
  /** Whether a trigger is registered for this event type. */
  hasTriggers(type: unknown): boolean;
  /** Rejects every `sleep` that is under way with `ReactorStoppedError`, as the end of the run does (C30). */
  endSleeps(): void;
}
