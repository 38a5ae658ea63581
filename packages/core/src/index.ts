/// <reference lib="esnext.disposable" preserve="true" />
export type { CallOptions, Clock, DelayedCall, WorkOptions } from './ground/clock.ts';
export { printTo } from './ground/error-path.ts';
export {
  AlreadyCalledError,
  AlreadyCancelledError,
  EventAlreadyFiringError,
  GateFullError,
  HostMissingError,
  InvalidPhaseError,
  LoopingCallStateError,
  PhasePassedError,
  ProgramFailedError,
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  ReactorStoppedError,
  ReactorStoppingError,
  ReentrantTurnError,
  ReservedEventError,
  ResourceClosedError,
  SelfWaitError,
  ServiceEndedError,
  ServiceGraphError,
  TaskStateError,
  TimeoutError,
  TriggerFailedError,
  TriggerLoopError,
  TriggerTimeoutError,
  TriphaseError,
  TriphaseInternalError,
  UnknownTriggerError,
} from './ground/errors.ts';
export type { ErrorSource, OnError } from './ground/error-source.ts';
export { StartupFailedError } from './life/startup-failed-error.ts';
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
  OnOptions,
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
export { isStopRejection } from './ground/is-stop-rejection.ts';
export { checkMilliseconds } from './ground/check-milliseconds.ts';
export { boundLimits, checkSignals } from './ground/runtime-options.ts';
export type { ProcessOptions, StopTimes, UnboundLimits } from './ground/runtime-options.ts';
export { addService } from './services/add-service.ts';
export { background, type BackgroundOptions } from './services/background.ts';
export type { BackgroundBody, BackgroundContext } from './services/body-run.ts';
export { health, type AppHealth, type ServiceHealth } from './services/health.ts';
export { removeService } from './services/remove-service.ts';
export { resource, type Resource, type ResourceOptions } from './services/resource.ts';
export type { OpenContext } from './services/open-context.ts';
export type { RestartOptions } from './services/restart-policy.ts';
export { restartService } from './services/restart-service.ts';
export { inFlight, type Gate, type GateOptions } from './services/in-flight.ts';
export type { HealthAnswer, Service, ServiceHost, ServiceTimeouts } from './services/service.ts';
export type { ReactorState } from './life/state.ts';
export { whenSettled } from './ground/thenable.ts';
export { ThreePhaseEvent } from './events/three-phase-event.ts';
export { at, type AtOptions, type DatedCall } from './tasks/at.ts';
export type { CooperativeTask } from './tasks/cooperative-task.ts';
export { cooperate, type CooperateOptions } from './tasks/cooperator.ts';
export { debounce, type Debounced } from './tasks/debounce.ts';
export { hostClock } from './tasks/host-clock.ts';
export { every, type EveryOptions, type LoopingCall, type RunTick, type Tick } from './tasks/looping-call.ts';
export { scaledClock, type ScaledClock } from './tasks/scaled-clock.ts';
export { sleep } from './tasks/sleep.ts';
export { ticks } from './tasks/ticks.ts';
export { withTimeout } from './tasks/with-timeout.ts';
