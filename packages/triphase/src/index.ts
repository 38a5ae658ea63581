// The entry of workerd, and of every host that has no entry of its own. Its types are those of all entries: each exports the same names (D12).
import type { CreateReactor, RequestSignal, RunMain, RunService, Serve } from './api.ts';
import { createTimerReactor } from './timer-reactor.ts';
import { noProcess, noRequest, noServer } from './without-process.ts';

export * from '@triphase/core';
export * from './common.ts';

const HOST = 'another host';

/** {@inheritDoc CreateReactor} */
export const createReactor: CreateReactor = createTimerReactor;
/** {@inheritDoc RunMain} */
export const runMain: RunMain = () => noProcess('runMain', HOST);
/** {@inheritDoc RunService} */
export const runService: RunService = () => noProcess('runService', HOST);
/** {@inheritDoc Serve} */
export const serve: Serve = () => noServer(HOST);
/** {@inheritDoc RequestSignal} */
export const requestSignal: RequestSignal = () => noRequest(HOST);
