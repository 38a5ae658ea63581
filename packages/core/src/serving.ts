/** For runtime packages: what their HTTP servers have in common as services (N12–N18). */
export { hostAndPort, isLoopback, urlOf, type BoundAddress } from './serving/address.ts';
export { count, ListenError, RequestCutError, type CutRequest } from './serving/errors.ts';
export { fetchSignalOf } from './serving/fetch-exchange.ts';
export type { FetchAddress, FetchHost, FetchListener, Incoming } from './serving/fetch-host.ts';
export { checkFetchOptions, copyFetchOptions, type FetchServiceOptions } from './serving/fetch-options.ts';
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
  checkHostname,
  checkNeeds,
  checkPort,
  checkProbes,
  checkText,
  checkTime,
  copyServeOptions,
  wrongOption,
  type ProbeOptions,
} from './serving/option-checks.ts';
export { isVerbose, Probes, servicesOf, type Answer, type ProbeSource } from './serving/probes.ts';
export { QUIET_MS, untilQuiet, type Arrivals } from './serving/quiet.ts';
export { checkResponse } from './serving/response-of.ts';
export { RequestService, type RequestServiceOptions, type RequestStop } from './serving/request-service.ts';
export type { ServedExchange, ServedTraffic, ServedUpgrade } from './serving/served-traffic.ts';
export { closeNow, closeOverLeadTime, waitUnlessHurried, type StopSteps } from './serving/stop-steps.ts';
export type { WaitingRequest } from './serving/waiting-requests.ts';
export { unusedServer } from './serving/unused-servers.ts';
