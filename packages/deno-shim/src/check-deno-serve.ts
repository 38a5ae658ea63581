import { unref } from '@triphase/core/process';
import { commandLine } from './command-line.ts';
import type { TakenDenoHost } from './take-deno-host.ts';

/** How long the evaluation of the main module may go on after `run()`. If it takes longer, it counts as waiting for the run. Milliseconds. */
const SLOW_MS = 1_000;

const ADVICE =
  'deno serve listens only once the main module has been evaluated, and 1 s after run() it is not: ' +
  'do not await run(), runService() or runMain() at top level';

/**
 * Prints advice where a program awaits its run at top level under `deno serve`, which would wait without a word (D13). Does nothing where
 * the command line is not known. Dispose the result when the run is over.
 */
export function checkDenoServe(
  { Deno, setTimeout, clearTimeout }: TakenDenoHost,
  say: (line: string) => void,
): Disposable {
  const { mainModule } = Deno;
  const isServe = commandLine(Deno).find((word) => !word.startsWith('-')) === 'serve';
  if (!isServe || mainModule === undefined) return { [Symbol.dispose]: () => undefined };
  const timer = unref(
    setTimeout(() => {
      say(ADVICE);
    }, SLOW_MS),
  );
  const clear = (): void => {
    clearTimeout(timer);
  };
  // Settles when it has been evaluated.
  import(mainModule).then(clear, clear);
  return { [Symbol.dispose]: clear };
}
