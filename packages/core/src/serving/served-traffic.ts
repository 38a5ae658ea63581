import type { CutRequest } from './errors.ts';
import type { Intake } from './intake.ts';

/** One request and its answer, as a stop or a restart sees it. */
export interface ServedExchange {
  /** When it arrived, on the clock of the reactor in milliseconds. */
  readonly startedAt: number;
  /** It has not been given to the program yet. */
  readonly isWaiting: boolean;
  /** An answer of type `text/event-stream` has begun: it has no end of its own. */
  readonly isEventStream: boolean;
  /** Ends an event stream once; a client that does not take the end within `timeout` milliseconds is cut (N16). */
  endEventStream(now: number, timeout: number): void;
  /** Aborts its signal (N17). */
  abort(reason: unknown): void;
  /** Gives up on the client, and on what is still to be written. */
  destroy(): void;
  /** Method, path and age. */
  describe(now: number): CutRequest;
}

/** A connection that has left HTTP by an upgrade, such as a WebSocket. */
export interface ServedUpgrade {
  /** Closes it cleanly (N16): a WebSocket by a close frame. A second call does nothing. */
  close(): void;
  /** Gives up on its client. */
  destroy(): void;
}

/** Everything that comes to a server, as a stop or a restart sees it. */
export interface ServedTraffic {
  /** Requests that are being answered, or wait; the oldest first. */
  readonly exchanges: readonly ServedExchange[];
  /** Connections that have left HTTP. */
  readonly upgraded: readonly ServedUpgrade[];
  /** Whether the program can take requests: not during a restart of what it needs. */
  readonly intake: Intake;
  /** Requests are passed on again after a stop. */
  reopen(): void;
}
