import { takeReactorOptions } from '@triphase/core';
import { checkProcessOptions } from '@triphase/core/process';
import type { DenoReactorOptions } from './deno-reactor.ts';

const FLAGS = ['uncaught', 'disconnect', 'stdin', 'exitCode', 'forceExit'] as const;

/** The options that a `DenoReactor` adds to those of every reactor. */
export const OWN_OPTIONS: readonly (keyof DenoReactorOptions)[] = [...FLAGS, 'signals', 'exit'];

/** Checks the options and copies them, so that each is read once. `own`: the names of the options that the reactor adds. */
export function takeOptions(given: DenoReactorOptions, own: readonly string[]): DenoReactorOptions {
  const options = takeReactorOptions(given, own, 'DenoReactor');
  checkProcessOptions(options, FLAGS, 'DenoReactor');
  return options;
}
