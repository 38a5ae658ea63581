import { checkCommonOptions, checkPort, copyServeOptions, type CommonServeOptions } from './option-checks.ts';

/** Options of `serve`, `serveBun` and `serveDeno`. Times are in milliseconds. */
export interface FetchServiceOptions extends CommonServeOptions {
  /** The TCP port; 0 takes any free one. */
  readonly port: number;
}

/** Copies the options, so that each is read once. `own`: the names of the options that a host adds. Throws `TypeError` for an unknown key. */
export function copyFetchOptions<O extends FetchServiceOptions>(
  given: O,
  own: readonly (keyof O & string)[],
  what: string,
): O {
  return copyServeOptions(given, ['port', ...own], what);
}

/** Throws `TypeError` unless it is a function. */
export function checkHandler(what: string, handler: unknown): void {
  if (typeof handler === 'function') return;
  throw new TypeError(`The handler of ${what} is ${handler === null ? 'null' : typeof handler}: pass a function`);
}

/** Throws `TypeError` for options that cannot work; each message says what to write instead. */
export function checkFetchOptions(what: string, options: FetchServiceOptions): void {
  const { port } = options;
  if ((port as unknown) === undefined)
    throw new TypeError(`${what} does not know where to listen: give a port; 0 takes any free one`);
  checkPort(what, 'port', port);
  checkCommonOptions(what, options);
}
