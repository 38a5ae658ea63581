import { listenToAbort } from '../ground/abort-listener.ts';
import type { HostAbortSignal } from '../ground/host.ts';

/**
 * Those who are called when the signal of a reactor aborts. They share one listener: a signal of Node looks through all its listeners to add
 * one, so ten thousand services with a listener each would take seconds to start.
 */
export class StopListeners {
  #signal: HostAbortSignal | undefined;
  #listeners: Set<() => void> = new Set();

  /** Calls `listener` when `signal` aborts, at once if it has. Returns a function that removes it. `signal`: that of the run under way. */
  add(signal: HostAbortSignal, listener: () => void): () => void {
    if (signal !== this.#signal) this.#follow(signal);
    const listeners = this.#listeners;
    if (signal.aborted) listener();
    else listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  #follow(signal: HostAbortSignal): void {
    const listeners: Set<() => void> = new Set();
    this.#signal = signal;
    this.#listeners = listeners;
    listenToAbort(signal, () => {
      for (const each of listeners) each();
    });
  }
}
