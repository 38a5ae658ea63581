export { ListenError, RequestCutError, type CutRequest } from '@triphase/core/serving';
export type { ProbeOptions, ServeHttpOptions } from './http/options.ts';
export { requestSignal } from './http/request-signal.ts';
export { serveHttp, type HttpService } from './http/serve-http.ts';
export type { AnyServer } from './http/server.ts';
