import { checkOptionalMs } from '../ground/check-milliseconds.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkNested } from '../ground/check-nested.ts';
import { writtenLimits } from '../ground/checks.ts';
import { PHASES, type Limits, type Phase } from '../ground/events.ts';
import { printable } from '../ground/printable.ts';
import type { ServiceTimeouts } from './service.ts';

/** The limits of an event. */
export type LimitsOf = (event: 'startup' | 'shutdown') => Limits | undefined;

/** Both limits of a service. */
export interface BothTimeouts {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  /** They were given as one number, which is checked against no other limit. */
  readonly isOne?: boolean;
}

/** The part of a service that its limits are checked with. */
interface TimedService {
  readonly name: string;
  readonly timeouts: BothTimeouts;
  readonly startup: Partial<Record<Phase, unknown>>;
  readonly shutdown: Partial<Record<Phase, unknown>>;
}

/** Checks the `timeout` of a service and copies it (C66). Throws `TypeError` or `RangeError`; `what` names the service. */
export function takeTimeouts(timeout: number | ServiceTimeouts | undefined, what: string): BothTimeouts {
  const isOne = typeof timeout !== 'object' || (timeout as ServiceTimeouts | null) === null;
  if (!isOne) checkKeys(timeout, ['start', 'stop'], `The timeout of ${what}`);
  const { start, stop } = isOne ? { start: timeout as number, stop: timeout as number } : timeout; // as: checked below
  checkOptionalMs(start, `The timeout ${isOne ? '' : '"start" '}of ${what}`);
  checkOptionalMs(stop, `The timeout "stop" of ${what}`);
  return { start, stop, isOne };
}

/**
 * Throws `RangeError` if a limit of a service is longer than the one around it that the program wrote (C66): that of a phase in which the
 * service has a function, or the deadline.
 */
export function checkTimeouts(service: TimedService, limitsOf: LimitsOf): void {
  const { name, timeouts } = service;
  if (timeouts.isOne !== false) return;
  for (const [end, event] of [
    ['start', 'startup'],
    ['stop', 'shutdown'],
  ] as const) {
    const limits = writtenLimits(limitsOf(event)) ?? {};
    for (const phase of PHASES) {
      if (service[event][phase] === undefined) continue;
      const key = limits[phase] === undefined ? 'deadline' : phase;
      const title = `The timeout "${end}" of service "${printable(name)}"`;
      checkNested(timeouts[end], title, limits[key], `limits.${event}.${key}`);
    }
  }
}
