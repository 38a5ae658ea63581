import { abortReason, listenToAbort } from '../ground/abort-listener.ts';
import { checkKeys } from '../ground/check-keys.ts';
import { checkMilliseconds, describeGiven } from '../ground/check-milliseconds.ts';
import type { Clock, DelayedCall } from '../ground/clock.ts';
import { TimeoutError } from '../ground/errors.ts';
import {
  createAbortController,
  dispose,
  type AbortControllerLike,
  type AbortSignalLike,
  type HostAbortSignal,
} from '../ground/host.ts';
import { checkClock } from './check-clock.ts';

/**
 * Settles as `work` does, or rejects with `TimeoutError` after `ms` milliseconds (C69). `work` is a promise, or a function that is called
 * at once with a signal. The signal aborts when the result doesn't matter any more: at the limit, when `signal` aborts, or when the run
 * ends. No timer and no listener is left when `work` has settled. What `work` does after its limit is ignored, a rejection too.
 *
 * Rejects with `signal.reason` when `signal` aborts, with `ReactorStoppedError` when the run ends first (C30), with `RangeError` when `ms`
 * is negative or NaN, and with `TypeError` for an argument of the wrong type. `Infinity` is no limit.
 *
 * @example
 * ```ts
 * const answer = await withTimeout(reactor, 2_000, (signal) => fetch(url, { signal }));
 * ```
 */
export function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: PromiseLike<T> | ((signal: HostAbortSignal) => T | PromiseLike<T>),
  options: { readonly signal?: AbortSignalLike } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    checkClock(clock, 'withTimeout()');
    checkKeys(options, ['signal'], 'withTimeout()');
    const { signal } = options;
    checkMilliseconds(ms, 'A limit is');
    checkWork(work);
    const rejectWith: (reason: unknown) => void = reject; // a signal can be aborted with anything
    const limit: { isOver: boolean; timer: DelayedCall | undefined } = { isOver: false, timer: undefined };
    let controller: AbortControllerLike | undefined;
    let stopListening = (): void => undefined;
    const end = (): boolean => {
      if (limit.isOver) return false;
      limit.isOver = true;
      stopListening();
      limit.timer?.[dispose]();
      return true;
    };
    const giveUp = (reason: unknown): void => {
      if (!end()) return;
      rejectWith(reason);
      controller?.abort(reason);
    };
    const onTime = (): void => {
      giveUp(
        new TimeoutError(
          `Timed out after ${String(ms)} ms: end the work when its signal aborts, or give it longer`,
          ms,
        ),
      );
    };
    // A clock that has stopped calls onDrop at once.
    limit.timer = clock.callLater(ms, onTime, { name: 'withTimeout', onDrop: giveUp });
    try {
      if (signal !== undefined && !limit.isOver) {
        stopListening = listenToAbort(signal, () => {
          giveUp(abortReason(signal));
        });
      }
      let result: T | PromiseLike<T>;
      if (typeof work !== 'function') result = work;
      else if (limit.isOver) return;
      else {
        controller = createAbortController();
        result = work(controller.signal);
      }
      Promise.resolve(result).then(
        (value) => {
          if (end()) resolve(value);
        },
        (error: unknown) => {
          if (end()) rejectWith(error);
        },
      );
    } catch (error) {
      if (end()) rejectWith(error);
    }
  });
}

function checkWork(work: unknown): void {
  if (typeof work === 'function' || typeof (work as PromiseLike<unknown> | null | undefined)?.then === 'function')
    return;
  throw new TypeError(`withTimeout() got ${describeGiven(work)} for its work: give a promise, or a function`);
}
