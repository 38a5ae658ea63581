import { describeThrown } from './describe-thrown.ts';
import type { ErrorSource, OnError } from './error-source.ts';
import { eventName } from './event-name.ts';
import type { Host, Logger } from './host.ts';
import { printable, printableLines } from './printable.ts';
import { whenSettled } from './thenable.ts';

/** Hands an error to `onError`, else to the page, else prints it; never throws. */
export function reportTo(
  onError: OnError | undefined,
  host: Pick<Host, 'reportError' | 'console'>,
  logger: Logger,
  error: unknown,
  source: ErrorSource,
): void {
  const own = onError ?? host.reportError?.bind(host);
  attempt(own === undefined ? () => logger.error(block(error, source)) : () => own(error, source), (thrown) => {
    // Whatever is broken: what it was told and what it threw must not get lost.
    const loggers = own === undefined ? [host.console] : [logger, host.console];
    printTo(loggers, 'error', block(error, source));
    printTo(loggers, 'error', block(thrown, { kind: 'host', name: own === undefined ? 'logger' : 'onError' }));
  });
}

/** For runtime packages: prints to the first of these that neither throws nor rejects; there may be nobody left to tell. */
export function printTo([logger, ...others]: readonly Logger[], level: keyof Logger, text: string): void {
  if (logger === undefined) return;
  attempt(
    () => logger[level](text),
    () => {
      printTo(others, level, text);
    },
  );
}

/** Calls `fn`; `failed` is called once if it throws, or if the promise it returns rejects. */
function attempt(fn: () => unknown, failed: (error: unknown) => void): void {
  try {
    void whenSettled(fn(), () => undefined, failed);
  } catch (error) {
    failed(error);
  }
}

/** Source first, then the stack. */
export function block(error: unknown, { kind, name, event, phase, registeredAt }: ErrorSource): string {
  const where = phase === undefined ? '' : ` (${eventName(event)}, ${phase})`;
  // A trigger or service has a name to look for: there an error of the system says all.
  const lines = [`Error in ${kind} "${printable(name)}"${where}:`, describeThrown(error, phase !== undefined)];
  if (registeredAt !== undefined) lines.push(printableLines(`registered ${registeredAt}`));
  return lines.join('\n');
}
