import { HostMissingError } from '@triphase/core';
import type { DenoNamespace } from './deno-host.ts';

/** How Deno is told to start a program again when a file changes. */
const WATCH = /^--watch(-hmr)?(=|$)/;

/**
 * Throws `HostMissingError` where this Deno cannot end by its own signal: as the first process of a container it crashes (SIGSEGV), and
 * under `--watch` the watcher would end with it. That it is watched is known where the program may read `/proc/self/cmdline`.
 */
export function checkTrueSignal(deno: DenoNamespace): void {
  const hint = "leave exit: 'signal' out, so that the exit status tells of the signal";
  if (deno.pid === 1) throw new HostMissingError(`Deno cannot end by a signal as process 1: ${hint}`);
  if (isWatched(deno)) throw new HostMissingError(`Under --watch the signal would end the watcher too: ${hint}`);
}

function isWatched({ permissions, readTextFileSync }: DenoNamespace): boolean {
  const path = '/proc/self/cmdline';
  try {
    if (permissions?.querySync({ name: 'read', path }).state !== 'granted') return false;
    return (
      readTextFileSync?.(path)
        .split('\0')
        .some((argument) => WATCH.test(argument)) === true
    );
  } catch {
    return false; // not on this system
  }
}
