/**
 * The reasons that end the process, not only the run: they come from outside, or nothing is left to go on with. After any other, such as
 * the program's own `stop()`, the program goes on after the run (N11).
 */
const END_WANTED: ReadonlySet<string> = new Set([
  'signal',
  'disconnect',
  'stdin-end',
  'uncaught',
  'startup-failed',
  'failed',
  'service-failed',
  'service-ended',
  'restart',
]);

/** Those that still end the process where a watcher waits in it for a file to change: a failure is what the next change mends (D9). */
const ENDS_WATCHER: ReadonlySet<string> = new Set(['signal', 'disconnect', 'stdin-end']);

/** Whether a run that stops for a reason of this kind ends its process too. */
export function wantsEnd(kind: string, isWatched = false): boolean {
  return (isWatched ? ENDS_WATCHER : END_WANTED).has(kind);
}
