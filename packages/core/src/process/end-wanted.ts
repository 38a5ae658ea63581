/**
 * The reasons that end the process, not only the run: they come from outside, or nothing is left to go on with. After any other, such as
 * the program's own `stop()`, the program goes on after the run (N11).
 */
export const END_WANTED: ReadonlySet<string> = new Set([
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
