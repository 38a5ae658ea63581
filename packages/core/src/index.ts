/// <reference lib="esnext.disposable" preserve="true" />
export type { CallOptions, Clock, DelayedCall, WorkOptions } from './ground/clock.ts';
export { printTo } from './ground/error-path.ts';
export {
  AlreadyCalledError,
  AlreadyCancelledError,
  EventAlreadyFiringError,
  HostMissingError,
  InvalidPhaseError,
  LoopingCallStateError,
  PhasePassedError,
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  ReactorStoppedError,
  ReentrantTurnError,
  ReservedEventError,
  ResourceClosedError,
  SelfWaitError,
  ServiceGraphError,
  TaskStateError,
  TriggerFailedError,
  TriggerLoopError,
  TriggerTimeoutError,
  TriphaseError,
  TriphaseInternalError,
  UnknownTriggerError,
} from './ground/errors.ts';
export type { ErrorSource, OnError } from './ground/error-source.ts';
export { StartupFailedError } from './ground/startup-failed-error.ts';
export type { HostControl } from './ground/host-control.ts';
export type {
  AnyEvents,
  CoreEvents,
  DetailOf,
  EventKey,
  FireArguments,
  FireKey,
  FireOptions,
  Limits,
  Phase,
  Phases,
  ShortOptions,
  Trigger,
  TriggerContext,
  TriggerHandle,
  TriggerOf,
  TriggerOptions,
} from './ground/events.ts';
export type { FiringError, FiringReport, PhaseReport, TriggerReport } from './events/firing-report.ts';
export { formatReport } from './events/format-report.ts';
export { createAbortController } from './ground/host.ts';
export type {
  AbortControllerLike,
  AbortSignalLike,
  GlobalOf,
  Host,
  HostAbortSignal,
  Logger,
  StopReason,
} from './ground/host.ts';
export type { Observed, ObservedStep, Observer, Stats, TriggerOutcome, PendingItem } from './ground/observer.ts';
export { listed, printable, printableLines } from './ground/printable.ts';
export { ReactorBase } from './reactor-base.ts';
export { takeReactorOptions, type ReactorOptions } from './reactor-options.ts';
export type { RunResult } from './life/run-result.ts';
export { checkKeys } from './ground/check-keys.ts';
export { describeThrown } from './ground/describe-thrown.ts';
export { checkMilliseconds } from './ground/check-milliseconds.ts';
export { boundLimits, checkSignals } from './ground/runtime-options.ts';
export type { ProcessOptions, StopTimes, UnboundLimits } from './ground/runtime-options.ts';
export { addService } from './services/add-service.ts';
export { health, type AppHealth, type ServiceHealth } from './services/health.ts';
export { removeService } from './services/remove-service.ts';
export { restartService } from './services/restart-service.ts';
export { resource, type Resource } from './services/resource.ts';
export type { HealthAnswer, Service, ServiceHost, ServiceTimeouts } from './services/service.ts';
export type { ReactorState } from './life/state.ts';
export { whenSettled } from './ground/thenable.ts';
export { ThreePhaseEvent } from './events/three-phase-event.ts';
export { cooperate, type CooperativeTask } from './tasks/cooperator.ts';
export { every, type EveryOptions, type LoopingCall, type Tick } from './tasks/looping-call.ts';
export { sleep } from './tasks/sleep.ts';
export { ticks } from './tasks/ticks.ts';
