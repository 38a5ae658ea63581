import type { ProcessHost } from './process-host.ts';
import { unref } from './unref.ts';

/**
 * A process that ends by itself takes its signal listeners off some milliseconds before it is gone, and a signal then kills it. Until this is
 * disposed it ends by `exit()` instead, which does not, after all other listeners for `exit` (N5).
 * `isWanted`: asked then.
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
    // Runs only where somebody has given the loop work in the same event.
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
