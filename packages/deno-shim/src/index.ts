export type { DenoHost, DenoNamespace, GlobalEvent } from './deno-host.ts';
export { createDenoReactor, DenoReactor, type DenoReactorOptions } from './deno-reactor.ts';
export { runMain, runService } from './run-main.ts';
export {
  ListenError,
  RequestCutError,
  type CommonServeOptions,
  type CutRequest,
  type ProbeOptions,
} from '@triphase/core/serving';
export { serveDeno, type DenoServeOptions } from './serve-deno.ts';
export type { DenoServeInfo, DenoServerOptions } from './serve/deno-server.ts';
export { requestSignal } from './serve/request-signal.ts';
