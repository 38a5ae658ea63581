import { createNodeReactor, runMain as runNodeMain, runService as runNodeService } from '@triphase/node-reactor';
import type { CreateReactor, RunMain, RunService } from './api.ts';

// What Node and Bun have in common.
export const createReactor: CreateReactor = (options) => createNodeReactor(options);
export const runMain: RunMain = (main, options) => runNodeMain(main, options);
export const runService: RunService = (setup, options) => runNodeService(setup, options);
