import { takeReactorOptions } from '@triphase/core';
import { checkProcessOptions } from '@triphase/core/process';
import type { NodeReactorOptions } from './node-reactor.ts';

const FLAGS = ['context', 'uncaught', 'disconnect', 'stdin', 'exitCode', 'forceExit'] as const;

/** The options that a `NodeReactor` adds to those of every reactor. */
export const OWN_OPTIONS: readonly (keyof NodeReactorOptions)[] = [...FLAGS, 'signals', 'exit', 'watchdog'];

/**
 * Checks the options and copies them, so that each is read once. Without this check, a misspelt option, or a text such as `'false'` from an
 * environment variable, would show only when the process is stopped. `own`: the names of the options that the reactor adds to those of
 * every reactor.
 */
export function takeOptions(given: NodeReactorOptions, own: readonly string[]): NodeReactorOptions {
  const options = takeReactorOptions(given, own, 'NodeReactor');
  checkProcessOptions(options, FLAGS, 'NodeReactor');
  const watchdog: unknown = options.watchdog;
  if (watchdog !== undefined && watchdog !== false && !isWatchdog(watchdog))
    throw new TypeError(
      `The option watchdog of NodeReactor is ${watchdog === true ? 'true' : `a ${typeof watchdog}`}: give watchdog(), which this package exports`,
    );
  return options;
}

function isWatchdog(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'observe' in value && 'start' in value;
}
