import { hostClock, type Clock, type DelayedCall } from '@triphase/core';

export interface BatchOptions {
  /** The number of items that are sent at once. Default 100. */
  readonly size?: number;
  /** The longest time that an item waits, in milliseconds. Default 1,000. */
  readonly ms?: number;
  /** Default: the timers of the host. With the reactor of a program, its stop sends what waits. */
  readonly clock?: Clock;
}

/** Returns a function that takes one item. Items are sent together: `ms` after the first of them, or when there are `size`. */
export function batch<T>(
  send: (items: readonly T[]) => Promise<unknown>,
  { size = 100, ms = 1_000, clock = hostClock() }: BatchOptions = {},
): (item: T) => void {
  let items: T[] = [];
  let timer: DelayedCall | undefined;

  function flush(): void {
    if (timer?.active === true) timer.cancel();
    if (items.length === 0) return;
    const sent = items;
    items = [];
    const sending = send(sent);
    clock.waitUntil?.(sending, { name: 'batch' }); // a stop waits for it
  }

  clock.signal.addEventListener('abort', flush);
  return (item) => {
    items.push(item);
    if (items.length >= size || clock.signal.aborted) flush();
    else if (items.length === 1) timer = clock.callLater(ms, flush, { name: 'batch' });
  };
}
