export * from '@triphase/core';
export * from './common.ts';
export { createReactor, runMain, runService } from './process.ts';
export { requestSignal, serve } from './serve-node.ts';
