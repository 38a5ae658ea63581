export {
  ListenError,
  RequestCutError,
  type CommonServeOptions,
  type CutRequest,
  type ProbeOptions,
} from '@triphase/core/serving';
export type { ServeHttpOptions } from './http/options.ts';
export { requestSignal } from './http/request-signal.ts';
export { serveHttp, type HttpService } from './http/serve-http.ts';
export type { AnyServer } from './http/server.ts';
export { serveBun, type BunServeOptions } from './http/serve-bun.ts';
export type { BunServer, BunServerOptions, BunWebSocket, BunWebSocketHandlers } from './http/bun-server.ts';
