import {
  createDenoReactor,
  requestSignal as signalOf,
  runMain as runDenoMain,
  runService as runDenoService,
  serveDeno,
} from '@triphase/deno-shim';
import { takeServeOptions } from './take-serve-options.ts';
import type { CreateReactor, RequestSignal, RunMain, RunService, Serve } from './api.ts';

export * from '@triphase/core';
export * from './common.ts';

export const createReactor: CreateReactor = (options) => createDenoReactor(options);
export const runMain: RunMain = (main, options) => runDenoMain(main, options);
export const runService: RunService = (setup, options) => runDenoService(setup, options);
export const serve: Serve = (handler, given) => {
  const options = takeServeOptions(handler, given);
  return serveDeno((request) => handler(request), options);
};
export const requestSignal: RequestSignal = (request) => signalOf(request);
