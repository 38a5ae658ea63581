import { HostMissingError } from '@triphase/core';
import { commandLine } from './command-line.ts';
import type { DenoNamespace } from './deno-host.ts';

/** How Deno is told to start a program again when a file changes. */
const WATCH = /^--watch(-hmr)?(=|$)/;

/**
 * For `exit: 'signal'`. Throws `HostMissingError` where this Deno cannot end by its own signal: as the first process of a container it
 * crashes (SIGSEGV), and under `--watch` the watcher would end with it. That it is watched is known on Linux, to a program that has all
 * permissions.
 */
export function checkEndBySignal(deno: DenoNamespace): void {
  const hint = "leave exit: 'signal' out, so that the exit status tells of the signal";
  if (deno.pid === 1) throw new HostMissingError(`Deno cannot end by a signal as process 1: ${hint}`);
  if (commandLine(deno).some((word) => WATCH.test(word)))
    throw new HostMissingError(`Under --watch the signal would end the watcher too: ${hint}`);
}
