import { checkFetchOptions, copyFetchOptions } from '@triphase/core/serving';
import type { Handler, ServeOptions } from './api.ts';

/**
 * The options of `serve`, the same on each host (D12): those of one host alone, such as `websocket`, are for its own function. Throws `TypeError`
 * for a handler or options that cannot work.
 */
export function checkedServe(handler: Handler, given: ServeOptions): ServeOptions {
  if (typeof handler !== 'function')
    throw new TypeError(
      `The handler of serve() is ${(handler as unknown) === null ? 'null' : typeof handler}: pass a function`,
    );
  const options = copyFetchOptions(given, [], 'serve()');
  checkFetchOptions('serve()', options);
  return options;
}
