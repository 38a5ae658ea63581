import type { Clock } from '../clock.ts';
import type { AbortSignalLike } from '../host.ts';

/**
 * Resolves `ms` milliseconds from now (C44). Rejects with `signal.reason` when the signal aborts, with `ReactorStoppedError` when the run
 * ends first, and with `RangeError` when `ms` is negative or NaN. Twisted's `deferLater` without a function.
 */
export function sleep(clock: Clock, ms: number, { signal }: { readonly signal?: AbortSignalLike } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (error: unknown): void => {
      end(() => {
        reject(error as Error); // what a signal aborts with can be anything
      });
    };
    const onAbort = (): void => {
      call.cancel();
      fail(signal?.reason);
    };
    const call = clock.callLater(ms, () => { end(resolve); }, { name: 'sleep', onDrop: fail });
    if (!call.active) return; // dropped at once: this clock has stopped
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });
}
