import { describeUnusedServers } from '@triphase/core/process';

let hasExitListener = false;

/**
 * Prints a line if the process ends by itself and no reactor has used a server that it made. Otherwise a program that only makes a server
 * would end at once, without a word. The exit status stays as it is: a test may make a server that it does not use.
 */
export function reportUnused(): void {
  if (hasExitListener) return;
  hasExitListener = true;
  process.once('beforeExit', () => {
    for (const line of describeUnusedServers()) process.stderr.write(`${line}\n`);
  });
}
