import { describeThrown } from './describe-thrown.ts';
import type { ErrorSource, OnError } from './error-source.ts';
import { eventName } from './event-name.ts';
import type { Host, Logger } from './host.ts';
import { printable, printableLines } from './printable.ts';
import { guarded } from './thenable.ts';

/** Gives an error to `onError`, else to the page's `reportError`, else to the logger. Never throws. */
export function reportTo(
  onError: OnError | undefined,
  host: Pick<Host, 'reportError' | 'console'>,
  logger: Logger,
  error: unknown,
  source: ErrorSource,
): void {
  const handler = onError ?? host.reportError?.bind(host);
  guarded(
    handler === undefined ? () => logger.error(errorBlock(error, source)) : () => handler(error, source),
    (thrown) => {
      // The handler or the logger failed: print both the error it was given and the error it threw.
      const loggers = handler === undefined ? [host.console] : [logger, host.console];
      printTo(loggers, 'error', errorBlock(error, source));
      printTo(
        loggers,
        'error',
        errorBlock(thrown, { kind: 'host', name: handler === undefined ? 'logger' : 'onError' }),
      );
    },
  );
}

/** For runtime packages: prints to the first logger that neither throws nor rejects. If all of them fail, nothing is printed. */
export function printTo([logger, ...others]: readonly Logger[], level: keyof Logger, text: string): void {
  if (logger === undefined) return;
  guarded(
    () => logger[level](text),
    () => {
      printTo(others, level, text);
    },
  );
}

/** The text that is logged for an error: its source, then its stack. */
export function errorBlock(error: unknown, { kind, name, event, phase, registeredAt }: ErrorSource): string {
  const where = phase === undefined ? '' : ` (${eventName(event)}, ${phase})`;
  // The name of a trigger or service says where to look, so a system error needs no stack.
  const lines = [`Error in ${kind} "${printable(name)}"${where}:`, describeThrown(error, phase !== undefined)];
  if (registeredAt !== undefined) lines.push(printableLines(`registered ${registeredAt}`));
  return lines.join('\n');
}
