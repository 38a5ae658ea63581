import { sleepers } from '../ground/sleepers.ts';
import { abortReason, listenToAbort } from '../ground/abort-listener.ts';
import { checkKeys } from '../ground/check-keys.ts';
import type { Clock } from '../ground/clock.ts';
import type { AbortSignalLike } from '../ground/host.ts';
import { checkClock } from './check-clock.ts';

/**
 * Resolves `ms` milliseconds from now (C44).
 *
 * Rejects with `signal.reason` when the signal aborts, with `ReactorStoppedError` when the run ends first (C30), with `RangeError` when
 * `ms` is negative or NaN, and with `TypeError` for an argument of the wrong type. [Twisted: `deferLater`, without a function]
 *
 * @example
 * ```ts
 * await sleep(reactor, 250, { signal: reactor.signal });
 * ```
 */
export function sleep(clock: Clock, ms: number, options: { readonly signal?: AbortSignalLike } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    checkClock(clock, 'sleep()');
    checkKeys(options, ['signal'], 'sleep()');
    const { signal } = options;
    const rejectWith: (reason: unknown) => void = reject; // a signal can be aborted with anything
    let stopListening = (): void => undefined;
    const onTime = (): void => {
      stopListening();
      resolve();
    };
    const onDrop = (error: Error): void => {
      stopListening();
      reject(error);
    };
    sleepers.add(onDrop);
    const call = clock.callLater(ms, onTime, { name: 'sleep', onDrop });
    // A stopped clock has dropped the call already.
    if (signal === undefined || !call.active) return;
    const onAbort = (): void => {
      stopListening();
      call.cancel();
      rejectWith(abortReason(signal));
    };
    try {
      stopListening = listenToAbort(signal, onAbort);
    } catch (error) {
      call.cancel();
      throw error;
    }
  });
}
