import { requestSignal as signalOf, serveBun } from '@triphase/node-reactor/http';
import { takeServeOptions } from './take-serve-options.ts';
import type { RequestSignal, Serve } from './api.ts';

export * from '@triphase/core';
export * from './common.ts';
export { createReactor, runMain, runService } from './process.ts';

export const serve: Serve = (handler, given) => {
  const options = takeServeOptions(handler, given);
  return serveBun((request) => handler(request), options);
};
export const requestSignal: RequestSignal = (request) => signalOf(request);
