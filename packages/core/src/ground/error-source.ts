import type { Phase } from './events.ts';

/** Whose error it is (C48). */
export interface ErrorSource {
  /** `service`: one of its startup or shutdown functions; `work`: what was given to `waitUntil` (C57); `host`: none of these, such as what a run held and could not release. */
  readonly kind: 'call' | 'timed-call' | 'trigger' | 'service' | 'work' | 'observer' | 'host';
  /** The function that was called, the trigger, the service, the work, the method of the observer, or what of the host. */
  readonly name: string;
  /** The event type, as it was given; there for triggers, services, and work that holds a stop. */
  readonly event?: unknown;
  /** There wherever `event` is. */
  readonly phase?: Phase;
  /** Where it was registered; with the reactor's option `debug`. */
  readonly registeredAt?: string;
}

/** The one path of errors (C48). What it throws, or rejects with, is caught and printed. */
export type OnError = (error: unknown, source: ErrorSource) => void;
