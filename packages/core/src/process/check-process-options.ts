import { checkSignals, type ProcessOptions } from '@triphase/core';

/**
 * Throws `TypeError` for options that are wrong. Without this check, a misspelt signal or a text from the environment would show only when the
 * process is stopped. `flags`: the names of the options that are `true` or `false`.
 */
export function checkProcessOptions(options: ProcessOptions, flags: readonly string[], owner: string): void {
  checkSignals(options.signals);
  for (const flag of flags) {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[flag];
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`The option ${flag} of ${owner} is a ${typeof value}: give true or false`);
  }
  const exit: unknown = options.exit;
  if (exit !== undefined && exit !== 'code' && exit !== 'signal')
    throw new TypeError(`The option exit of ${owner} is ${JSON.stringify(exit)}: give 'code' or 'signal'`);
}
