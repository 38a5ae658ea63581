/**
 * For runtime packages: what their HTTP servers have in common as services (N12–N18). The files of `serving/` import core by its package name,
 * as the runtime packages do: they use only what core exports.
 */
export { hostAndPort, isLoopback, urlOf, type BoundAddress } from './serving/address.ts';
export { counted, ListenError, RequestCutError, type CutRequest } from './serving/errors.ts';
export { fetchSignalOf } from './serving/fetch-exchange.ts';
export type { FetchAddress, FetchHost, FetchListener, Incoming } from './serving/fetch-host.ts';
export {
  checkFetchOptions,
  checkHandler,
  copyFetchOptions,
  type FetchServiceOptions,
} from './serving/fetch-options.ts';
export { fetchService, type HttpFetchService } from './serving/fetch-service.ts';
export type {
  FetchHandler,
  FetchRequest,
  FetchResponse,
  HeadersLike,
  RequestLike,
  ResponseLike,
  StreamLike,
  StreamReader,
} from './serving/fetch-types.ts';
export { Intake, RESTARTING } from './serving/intake.ts';
export { cannotListen } from './serving/listen-error.ts';
export {
  checkCallback,
  checkCommonOptions,
  checkPort,
  checkText,
  checkTime,
  copyServeOptions,
  wrongOption,
  type CommonServeOptions,
  type ProbeOptions,
} from './serving/option-checks.ts';
export { isVerbose, Probes, servicesOf, type Answer, type ProbeSource } from './serving/probes.ts';
export { QUIET_MS, untilQuiet, type Arrivals } from './serving/quiet.ts';
export { checkResponse } from './serving/response-of.ts';
export { RequestService, type RequestServiceOptions, type RequestStop } from './serving/request-service.ts';
export type { ServedExchange, ServedTraffic, ServedUpgrade } from './serving/served-traffic.ts';
export {
  closeNow,
  closeOverLeadTime,
  endEventStreams,
  waitUnlessHurried,
  type StoppedServer,
} from './serving/stop-steps.ts';
export type { WaitingRequest } from './serving/waiting-requests.ts';
