import type { Phase } from './events.ts';
import type { Host, Logger } from './host.ts';
import { eventName } from './trigger.ts';

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

/** The one path of errors (C48). What it throws is caught and printed. */
export type OnError = (error: unknown, source: ErrorSource) => void;

/** Hands an error to `onError`, else to the page, else prints it; never throws. */
export function reportTo(
  onError: OnError | undefined,
  host: Pick<Host, 'reportError' | 'console'>,
  logger: Logger,
  error: unknown,
  source: ErrorSource,
): void {
  try {
    if (onError !== undefined) onError(error, source);
    else if (host.reportError !== undefined) host.reportError(error);
    else logger.error(block(error, source));
  } catch (thrown) {
    // Whatever is broken, onError or the logger: what it was told and what it threw must not get lost.
    printSafely(logger, host.console, block(error, source));
    printSafely(logger, host.console, block(thrown, { kind: 'host', name: 'onError' }));
  }
}

/** To the logger, like all that is printed (C56); to the console when it is the logger that is broken. */
function printSafely(logger: Logger, console: Logger, text: string): void {
  for (const printer of [logger, console]) {
    try {
      printer.error(text);
      return;
    } catch {
      // The next one, if there is one: there may be nobody left to tell.
    }
  }
}

/** Source first, then the stack. */
function block(error: unknown, { kind, name, event, phase, registeredAt }: ErrorSource): string {
  const where = phase === undefined ? '' : ` (${eventName(event)}, ${phase})`;
  const lines = [`Error in ${kind} "${name}"${where}:`, describeThrown(error)];
  if (registeredAt !== undefined) lines.push(`registered ${registeredAt}`);
  return lines.join('\n');
}

/** What was thrown, with its stack where it has one. */
function describeThrown(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    const { message, stack = '', cause } = error;
    // Firefox and WebKit leave the message out of the stack.
    const text = stack.includes(message) ? stack : `${String(error)}\n${stack}`;
    return cause === undefined ? text : `${text}\ncaused by ${describeThrown(cause)}`;
  } catch {
    return 'a value that cannot be shown';
  }
}

/** The message of an error, or whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'a value that cannot be shown';
  }
}
