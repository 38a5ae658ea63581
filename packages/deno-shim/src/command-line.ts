import type { DenoNamespace } from './deno-host.ts';

/**
 * The words that this Deno was started with: its options, then the program's. Known on Linux, to a program that may read its own command
 * line, which takes all permissions; else empty.
 */
export function commandLine({ permissions, readTextFileSync }: DenoNamespace): readonly string[] {
  const path = '/proc/self/cmdline';
  try {
    if (permissions?.querySync({ name: 'read', path }).state !== 'granted') return [];
    return readTextFileSync?.(path).split('\0').slice(1) ?? [];
  } catch {
    return []; // not on this system
  }
}
