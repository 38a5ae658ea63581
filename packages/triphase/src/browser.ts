import { createBrowserReactor } from '@triphase/browser-reactor';
import type { CreateReactor, RequestSignal, RunMain, RunService, Serve } from './api.ts';
import { noProcess, noRequest, noServer } from './without-process.ts';

export * from '@triphase/core';
export * from './common.ts';

const HOST = 'a page or a worker';

export const createReactor: CreateReactor = (options) => createBrowserReactor(options);
export const runMain: RunMain = () => noProcess('runMain', HOST);
export const runService: RunService = () => noProcess('runService', HOST);
export const serve: Serve = () => noServer(HOST);
export const requestSignal: RequestSignal = () => noRequest(HOST);
