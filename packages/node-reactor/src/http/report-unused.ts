import { unusedServer } from '@triphase/core/serving';

let isListening = false;

/**
 * Prints a line if the process ends by itself and no reactor has used a server that it made. Otherwise a program that only makes a server
 * would end at once, without a word. The exit status stays as it is: a test may make a server that it does not use.
 */
export function reportUnused(): void {
  if (isListening) return;
  isListening = true;
  process.once('beforeExit', () => {
    const message = unusedServer();
    if (message !== undefined) process.stderr.write(`${message}\n`);
  });
}
