import type { HostControl } from '@triphase/core';

/** The signals that ask a program to stop: from a process manager, and from a keyboard. */
export const USUAL_SIGNALS: readonly string[] = ['SIGINT', 'SIGTERM'];

/**
 * Stops the reactor at each of these signals, until it is disposed; listeners of others stay as they are (N4). Throws what the process
 * throws for a signal that nobody can listen to, such as `SIGKILL`; then none is listened to.
 */
export function stopOnSignals(process: NodeJS.Process, signals: readonly string[], control: HostControl): Disposable {
  const onSignal = (signal: string): void => {
    control.stop({ kind: 'signal', signal });
  };
  const release = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  try {
    for (const signal of signals) process.on(signal, onSignal);
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}
