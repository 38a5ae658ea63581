/** For runtime packages: what their HTTP servers have in common as services (N12–N18). */
export { escalatedBy, hasFailedToStart, isCrash, isRestart, onAbort } from './serving/abort-reasons.ts';
export { count, ListenError, RequestCutError, requestsCut, type CutRequest } from './serving/errors.ts';
export { Intake, RESTARTING } from './serving/intake.ts';
export { Probes, type Answer, type ProbePaths, type ProbeSource } from './serving/probes.ts';
export { QUIET_MS, untilQuiet, type Arrivals } from './serving/quiet.ts';
export { RequestService, type RequestServiceOptions, type RequestStop } from './serving/request-service.ts';
export type { ServedExchange, ServedTraffic, ServedUpgrade } from './serving/served-traffic.ts';
export type { WaitingRequest } from './serving/waiting-requests.ts';
