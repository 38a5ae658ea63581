// What every entry exports besides `@triphase/core`. That `export *` stands in each entry, since esbuild cannot share one of another
// package.
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
