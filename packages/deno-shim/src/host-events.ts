import type { HostControl, StopReason } from '@triphase/core';
import type { DenoFunctions } from './deno-host.ts';

/** The signals that ask a program to stop; on Windows Deno knows no `SIGTERM`, and refuses it. */
export function defaultSignals({ Deno }: DenoFunctions): readonly string[] {
  return Deno.build.os === 'windows' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM'];
}

/**
 * Stops the reactor at each of these signals, until it is disposed; listeners of others stay as they are. Throws what Deno throws for a
 * signal that it does not let anybody listen to, such as `SIGSEGV`; then none is listened to.
 */
export function stopOnSignals({ Deno }: DenoFunctions, signals: readonly string[], control: HostControl): Disposable {
  const listeners: [signal: string, listener: () => void][] = [];
  const release = (): void => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
  try {
    for (const signal of new Set(signals)) {
      // Deno does not tell a listener which signal it was.
      const listener = (): void => {
        control.stop({ kind: 'signal', signal });
      };
      Deno.addSignalListener(signal, listener);
      listeners.push([signal, listener]);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

/** Shuts down in the middle of `Deno.exit()`, until it is disposed (D4). */
export function shutDownOnUnload(host: DenoFunctions, control: HostControl): Disposable {
  const onUnload = (): void => {
    const reason: StopReason = { kind: 'unload' };
    control.fire('shutdown', reason, { terminal: true });
    // No promise job runs after this listener: a phase that waits for one would be the last.
    control.escalate(reason);
  };
  host.addEventListener?.('unload', onUnload);
  return { [Symbol.dispose]: () => host.removeEventListener?.('unload', onUnload) };
}
