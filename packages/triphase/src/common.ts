// What every entry exports besides `@triphase/core`. Each entry repeats `export * from '@triphase/core'`: esbuild keeps
// an `export *` of another package only in the entry itself. In a file that an entry imports its names get lost (esbuild issue 1737).
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
