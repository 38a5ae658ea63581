import type { ProcessHost } from './process-host.ts';
import { unref } from './unref.ts';

/**
 * Calls `exit()` when the process has nothing left to do, until this is disposed (N5). A process that ends by itself removes its signal
 * listeners some milliseconds before it is gone, so a signal in that time kills it. With `exit()` it keeps them. `exit()` is called after all
 * other listeners for `exit`, and only if `isWanted` returns `true` then.
 */
export function exitWhenEmpty(host: ProcessHost, isWanted: () => boolean): Disposable {
  const { process } = host;
  const exit = (): void => {
    if (isWanted()) process.exit(); // without an argument: the status that the process has
  };
  const stay = (): void => {
    process.off('exit', exit);
  };
  const onEmpty = (): void => {
    stay();
    process.on('exit', exit);
    // This timer fires only if another listener for `beforeExit` has given the loop work: then the process goes on.
    unref(host.setTimeout(stay, 0));
  };
  process.on('beforeExit', onEmpty);
  return {
    [Symbol.dispose]: () => {
      process.off('beforeExit', onEmpty);
      stay();
    },
  };
}
