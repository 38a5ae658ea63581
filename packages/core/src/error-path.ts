import type { Phase } from './events.ts';

/** Whose error it is (C48). */
export interface ErrorSource {
  readonly kind: 'call' | 'timed-call' | 'trigger' | 'service' | 'observer' | 'host';
  readonly name: string;
  readonly event?: unknown;
  readonly phase?: Phase;
  /** Where it was registered; with the reactor's option `debug`. */
  readonly registeredAt?: string;
}

/** The one path of errors (C48). What it throws is caught and printed. */
export type OnError = (error: unknown, source: ErrorSource) => void;
