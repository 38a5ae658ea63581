// What every entry exports besides `@triphase/core`, which each names itself: esbuild cannot share an `export *` of another package.
export { ListenError, RequestCutError, type CutRequest, type ProbeOptions } from '@triphase/core/serving';
export type {
  CreateReactor,
  Handler,
  HttpService,
  RequestSignal,
  RunMain,
  RunOptions,
  RunService,
  Serve,
  ServeOptions,
} from './api.ts';
