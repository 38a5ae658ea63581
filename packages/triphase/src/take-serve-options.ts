import { checkFetchOptions, copyFetchOptions } from '@triphase/core/serving';
import type { Handler, ServeOptions } from './api.ts';

/**
 * The options of `serve`, the same on each host (D12): an option that only one host has, such as `websocket`, is refused, since it is for
 * the function of that host. Throws `TypeError` for a handler or options that cannot work.
 */
export function takeServeOptions(handler: Handler, given: ServeOptions): ServeOptions {
  if (typeof handler !== 'function')
    throw new TypeError(
      `The handler of serve() is ${(handler as unknown) === null ? 'null' : typeof handler}: pass a function`,
    );
  const options = copyFetchOptions(given, [], 'serve()');
  checkFetchOptions('serve()', options);
  return options;
}
