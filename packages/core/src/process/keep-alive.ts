import { LONGEST_WAIT } from './longest-wait.ts';

/** Keeps the process alive by one timer after another, until it is disposed (N1). `setWakeup`: that of the host, which returns its cancel. */
export function keepAlive(setWakeup: (ms: number, fn: () => void) => () => void): Disposable {
  let release: () => void;
  const hold = (): void => {
    release = setWakeup(LONGEST_WAIT, hold);
  };
  hold();
  return {
    [Symbol.dispose]: () => {
      release();
    },
  };
}
