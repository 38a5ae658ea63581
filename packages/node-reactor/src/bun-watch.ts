/** `bun --watch` starts the program again at each change of a file, in the same process. It does not wait for a shutdown (D9). */
const WATCH = '--watch';
/** `bun --hot` loads all modules again and keeps the rest of the process. */
const HOT = '--hot';

/** Whether Bun keeps this process to run the program again. */
export function isWatchedByBun(process: NodeJS.Process): boolean {
  return isStartedWith(process, [WATCH, HOT]);
}

/** Whether Bun loads the program again while its reactors run. */
export function isHotInBun(process: NodeJS.Process): boolean {
  return isStartedWith(process, [HOT]);
}

function isStartedWith({ versions, execArgv }: NodeJS.Process, options: readonly string[]): boolean {
  return versions['bun'] !== undefined && options.some((option) => execArgv.includes(option));
}
