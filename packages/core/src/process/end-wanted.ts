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

/**
 * The reasons that also end a process in which a watcher waits for a file to change. A failure is none of them: the next change may repair it
 * (D9).
 */
const ENDS_WATCHER: ReadonlySet<string> = new Set(['signal', 'disconnect', 'stdin-end']);

/** Whether a run that stops for a reason of this kind ends its process too. */
export function wantsEnd(kind: string, isWatched = false): boolean {
  return (isWatched ? ENDS_WATCHER : END_WANTED).has(kind);
}
