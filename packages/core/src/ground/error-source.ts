import type { Phase } from './events.ts';

/** Where an error comes from (C48). */
export interface ErrorSource {
  /**
   * `service`: a startup or shutdown function of a service; `work`: a promise given to `waitUntil` (C57); `host`: anything else, such as a
   * hook of the reactor or a host resource that could not be released.
   */
  readonly kind: 'call' | 'timed-call' | 'trigger' | 'service' | 'work' | 'observer' | 'host';
  /** The name of the function, trigger, service, work, observer method or host function. */
  readonly name: string;
  /** The event type, as it was given. Set for triggers, services, and work that a stop waits for. */
  readonly event?: unknown;
  /** Set whenever `event` is. */
  readonly phase?: Phase;
  /** The stack of the registration. Set only with the reactor's option `debug`. */
  readonly registeredAt?: string;
}

/** The handler of all errors (C48). An error that it throws or rejects with is caught and printed. */
export type OnError = (error: unknown, source: ErrorSource) => void;
