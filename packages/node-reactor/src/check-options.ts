import { checkKeys, checkSignals } from '@triphase/core';
import type { NodeReactorOptions } from './node-reactor.ts';

const FLAGS = ['context', 'uncaught', 'disconnect', 'stdin', 'exitCode', 'forceExit'] as const;

const OTHERS = 'host onError logger observer limits timings maxSliceMs maxBatch debug signals exit watchdog'.split(' ');

/** An option that is misspelt, or a text from the environment, would be found out only when the process is stopped. */
export function checkOptions(options: NodeReactorOptions): void {
  checkKeys(options, [...OTHERS, ...FLAGS], 'NodeReactor');
  checkSignals(options.signals);
  for (const flag of FLAGS) {
    const value: unknown = options[flag];
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`The option ${flag} of NodeReactor is a ${typeof value}: give true or false`);
  }
  const watchdog: unknown = options.watchdog;
  if (watchdog !== undefined && watchdog !== false && !isWatchdog(watchdog))
    throw new TypeError(
      `The option watchdog of NodeReactor is ${watchdog === true ? 'true' : `a ${typeof watchdog}`}: give watchdog(), which this package exports`,
    );
  const exit: unknown = options.exit;
  if (exit !== undefined && exit !== 'code' && exit !== 'signal')
    throw new TypeError(`The option exit of NodeReactor is ${JSON.stringify(exit)}: give 'code' or 'signal'`);
}

function isWatchdog(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'observe' in value && 'start' in value;
}
