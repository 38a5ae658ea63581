// What every entry exports besides `@triphase/core`. Each entry repeats `export * from '@triphase/core'`: with esbuild an `export *` of
// another package does not work from a shared file.
export {
  ListenError,
  RequestCutError,
  type CommonServeOptions,
  type CutRequest,
  type ProbeOptions,
} from '@triphase/core/serving';
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
