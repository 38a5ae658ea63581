export type { DenoHost, DenoNamespace } from './deno-host.ts';
export { createDenoReactor, DenoReactor, type DenoReactorOptions } from './deno-reactor.ts';
