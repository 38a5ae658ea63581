export * from '@triphase/core';
export * from './common.ts';
export { createReactor, runMain, runService } from './process.ts';
export { serve } from './serve-node.ts';
