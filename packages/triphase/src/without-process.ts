import { HostMissingError } from '@triphase/core';

/** In place of `runService` and `runMain` on a host without processes. */
export function noProcess(name: string, host: string): Promise<never> {
  return Promise.reject(missing(name, host, 'use createReactor() and reactor.run() here'));
}

/** In place of `serve` on a host without servers. */
export function noServer(host: string): never {
  throw missing('serve', host, 'answer requests as this host does');
}

/** In place of `requestSignal` on a host without servers. */
export function noRequest(host: string): never {
  throw missing('requestSignal', host, 'use the signal that this host gives');
}

function missing(name: string, host: string, instead: string): HostMissingError {
  return new HostMissingError(`${name}() runs on Node, Deno or Bun, and this is ${host}: ${instead}`);
}
