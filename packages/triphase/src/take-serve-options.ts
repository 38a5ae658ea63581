import { checkFetchOptions, checkHandler, copyFetchOptions } from '@triphase/core/serving';
import type { Handler, ServeOptions } from './api.ts';

/**
 * The options of `serve`, the same on each host (D12): an option that only one host has, such as `websocket`, is refused, since it is for
 * the function of that host. Throws `TypeError` for a handler or options that cannot work.
 */
export function takeServeOptions(handler: Handler, given: ServeOptions): ServeOptions {
  checkHandler('serve()', handler);
  const options = copyFetchOptions(given, [], 'serve()');
  checkFetchOptions('serve()', options);
  return options;
}
