export type { DenoHost, DenoNamespace, GlobalEvent } from './deno-host.ts';
export { createDenoReactor, DenoReactor, type DenoReactorOptions } from './deno-reactor.ts';
export { runMain, runService } from './run-main.ts';
