import { describeGiven } from './check-milliseconds.ts';
import type { AbortSignalLike } from './host.ts';

/**
 * Calls `listener` when `signal` aborts, at once if it is aborted already. Returns a function that stops listening and never throws.
 * Throws `TypeError` if `signal` isn't an `AbortSignal`, and what its getters or `addEventListener` throw; then no listener is added.
 */
export function listenToAbort(signal: AbortSignalLike, listener: () => void): () => void {
  if (isAborted(signal)) {
    listener();
    return () => undefined;
  }
  let isListening = true;
  const onAbort = (): void => {
    if (isListening) listener();
  };
  signal.addEventListener('abort', onAbort);
  return () => {
    isListening = false;
    try {
      signal.removeEventListener('abort', onAbort);
    } catch {
      // The signal keeps a listener that does nothing any more.
    }
  };
}

/** The reason of an aborted signal; `undefined` if it can't be read. */
export function abortReason(signal: AbortSignalLike): unknown {
  try {
    return signal.reason;
  } catch {
    return undefined;
  }
}

/** Checks the methods too. A missing one would otherwise fail much later, when it is called. */
function isAborted(signal: unknown): boolean {
  const { aborted, addEventListener, removeEventListener } = Object(signal) as Partial<AbortSignalLike>; // as: each is checked
  if (
    typeof aborted !== 'boolean' ||
    typeof addEventListener !== 'function' ||
    typeof removeEventListener !== 'function'
  ) {
    throw new TypeError(`The signal is ${describeGiven(signal)}: give an AbortSignal, such as controller.signal`);
  }
  return aborted;
}
