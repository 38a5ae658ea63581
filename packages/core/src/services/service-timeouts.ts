import { checkLength } from '../ground/check-function.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { describeGiven } from '../ground/check-milliseconds.ts';
import { checkNested } from '../ground/check-nested.ts';
import { PHASES, type Limits, type Phase } from '../ground/events.ts';
import type { ServiceTimeouts } from './service.ts';

/**
 * Checks the `timeout` of a service and returns both of its limits (C66). Throws `TypeError` or `RangeError`; `what` names the service.
 */
export function checkTimeouts(timeout: number | ServiceTimeouts | undefined, what: string): ServiceTimeouts {
  if (typeof timeout !== 'object') {
    checkLength(timeout, `The timeout of ${what}`);
    return timeout === undefined ? {} : { start: timeout, stop: timeout };
  }
  if ((timeout as ServiceTimeouts | null) === null)
    throw new TypeError(`The timeout of ${what} is ${describeGiven(timeout)}: give milliseconds, or { start, stop }`);
  checkKeys(timeout, ['start', 'stop'], `The timeout of ${what}`);
  const { start, stop } = timeout;
  checkLength(start, `The timeout "start" of ${what}`);
  checkLength(stop, `The timeout "stop" of ${what}`);
  return { ...(start !== undefined && { start }), ...(stop !== undefined && { stop }) };
}

/**
 * Throws `RangeError` if a limit of a service is longer than the one around it that the program wrote (C66): that of a phase in which the
 * service has a function, or the deadline. `title` names the limit.
 */
export function checkInLimits(
  ms: number | undefined,
  title: string,
  event: string,
  functions: Readonly<Partial<Record<Phase, unknown>>>,
  limits: Limits = {},
): void {
  for (const phase of PHASES) {
    if (functions[phase] === undefined) continue;
    const limit = limits[phase];
    if (limit === undefined) checkNested(ms, title, limits.deadline, `the deadline of ${event}`);
    else checkNested(ms, title, limit, `the limit of ${phase} ${event}`);
  }
}
