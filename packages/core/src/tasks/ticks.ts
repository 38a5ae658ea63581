import { checkKeys } from '../ground/check-keys.ts';
import type { Clock } from '../ground/clock.ts';
import type { AbortSignalLike } from '../ground/host.ts';
import type { Tick } from './loop-run.ts';
import { startLoop, type EveryOptions, type LoopingCall } from './looping-call.ts';

/**
 * The slots of a grid as an async iterator (C44): one tick for each slot. A consumer that is late gets only the last slot that has
 * passed, and how many it `missed`. Leaving the loop clears the timer. The iterator is done when `signal` aborts or the clock begins to
 * stop (C30). Throws `RangeError` if `ms` is negative or NaN, and `TypeError` for an argument of the wrong type.
 *
 * @example
 * ```ts
 * for await (const { missed } of ticks(reactor, 1_000)) await poll({ missed });
 * ```
 */
export function ticks(
  clock: Clock,
  ms: number,
  options: { readonly now?: boolean; readonly signal?: AbortSignalLike } = {},
): AsyncIterableIterator<Tick> {
  checkKeys(options, ['now', 'signal'], 'ticks()');
  return new Ticks(clock, ms, { name: 'ticks', ...options });
}

type Answer = (result: IteratorResult<Tick, undefined>) => void;

class Ticks implements AsyncIterableIterator<Tick> {
  readonly #nextCalls: Answer[] = [];
  readonly #loop: LoopingCall;
  /** A tick that has come before `next()` was called. */
  #ready: Tick | undefined;

  constructor(clock: Clock, ms: number, options: EveryOptions) {
    const onTick = ({ time, missed }: Tick): void => {
      const answer = this.#nextCalls.shift();
      const before = this.#ready === undefined ? 0 : this.#ready.missed + 1;
      const tick = { time, missed: before + missed };
      if (answer === undefined) this.#ready = tick;
      else answer({ done: false, value: tick });
    };
    const onEnd = (): void => {
      this.#ready = undefined;
      for (const answer of this.#nextCalls.splice(0)) answer({ done: true, value: undefined });
    };
    this.#loop = startLoop(clock, ms, onTick, options, onEnd);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Tick, undefined>> {
    const tick = this.#ready;
    this.#ready = undefined;
    if (tick !== undefined) return Promise.resolve({ done: false, value: tick });
    if (!this.#loop.active) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#nextCalls.push(resolve);
    });
  }

  return(): Promise<IteratorResult<Tick, undefined>> {
    if (this.#loop.active) this.#loop.stop();
    return Promise.resolve({ done: true, value: undefined });
  }
}
