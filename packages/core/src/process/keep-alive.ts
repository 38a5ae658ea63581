import { LONGEST_TIMEOUT } from './longest-timeout.ts';

/** Keeps the process alive by one timer after another, until it is disposed (N1). `setWakeup` returns a function that cancels the timer. */
export function keepAlive(setWakeup: (ms: number, fn: () => void) => () => void): Disposable {
  let release: () => void;
  const hold = (): void => {
    release = setWakeup(LONGEST_TIMEOUT, hold);
  };
  hold();
  return {
    [Symbol.dispose]: () => {
      release();
    },
  };
}
