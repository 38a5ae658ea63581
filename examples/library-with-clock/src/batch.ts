import { hostClock, type Clock, type DelayedCall } from '@triphase/core';

export interface BatchOptions {
  /** Maximum number of items in a batch. Defaults to 100. */
  readonly size?: number;
  /** Milliseconds from the first item of a batch until it is sent. Defaults to 1,000. */
  readonly ms?: number;
  /** Defaults to the timers of the host. With a reactor, a stop sends the pending items. */
  readonly clock?: Clock;
}

/** Returns a function that adds an item to the batch. A batch is sent `ms` after its first item, or when it has `size` items. */
export function batch<T>(
  send: (items: readonly T[]) => Promise<unknown>,
  { size = 100, ms = 1_000, clock = hostClock() }: BatchOptions = {},
): (item: T) => void {
  let items: T[] = [];
  let timer: DelayedCall | undefined;

  function flush(): void {
    if (timer?.active === true) timer.cancel();
    if (items.length === 0) return;
    const full = items;
    items = []; // before send(), which may add items
    const sending = send(full);
    clock.waitUntil?.(sending, { name: 'batch' }); // a stop waits for it
  }

  clock.signal.addEventListener('abort', flush);
  return (item) => {
    items.push(item);
    if (items.length >= size || clock.signal.aborted) flush();
    else if (items.length === 1) timer = clock.callLater(ms, flush, { name: 'batch' });
  };
}
