import type { Clock } from '../clock.ts';
import type { AbortSignalLike } from '../host.ts';

/**
 * Resolves `ms` milliseconds from now (C44). Rejects with `signal.reason` when the signal aborts, with `ReactorStoppedError` when the run
 * ends first (C30), and with `RangeError` when `ms` is negative or NaN. [Twisted: `deferLater`, without a function]
 *
 * @example
 * ```ts
 * await sleep(reactor, 250, { signal: reactor.signal });
 * ```
 */
export function sleep(clock: Clock, ms: number, { signal }: { readonly signal?: AbortSignalLike } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const rejectWith: (reason: unknown) => void = reject; // what a signal aborts with can be anything
    const unlisten = (): void => signal?.removeEventListener('abort', onAbort);
    const onAbort = (): void => {
      unlisten();
      call.cancel();
      rejectWith(signal?.reason);
    };
    const onTime = (): void => {
      unlisten();
      resolve();
    };
    const onDrop = (error: Error): void => {
      unlisten();
      reject(error);
    };
    const call = clock.callLater(ms, onTime, { name: 'sleep', onDrop });
    if (!call.active) return; // a clock that has stopped drops it at once
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });
}
