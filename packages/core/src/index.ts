/// <reference lib="esnext.disposable" preserve="true" />
export type { CallOptions, Clock, DelayedCall, WorkOptions } from './clock.ts';
export { printTo } from './error-path.ts';
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
} from './errors.ts';
export type { ErrorSource, OnError } from './error-source.ts';
export { StartupFailedError } from './startup-failed-error.ts';
export type { HostControl } from './host-control.ts';
export type {
  AnyEvents,
  CoreEvents,
  DetailOf,
  EventKey,
  FireArguments,
  FireOptions,
  Limits,
  Phase,
  Phases,
  ShortOptions,
  Trigger,
  TriggerContext,
  TriggerHandle,
  TriggerOptions,
} from './events.ts';
export type { FiringError, FiringReport, PhaseReport, TriggerReport } from './firing-report.ts';
export { formatReport } from './format-report.ts';
export { createAbortController } from './host.ts';
export type {
  AbortControllerLike,
  AbortSignalLike,
  GlobalOf,
  Host,
  HostAbortSignal,
  Logger,
  StopReason,
} from './host.ts';
export type { Observed, ObservedStep, Observer, Stats, TriggerOutcome, Waiting } from './observer.ts';
export { listed, printable, printableLines } from './printable.ts';
export { ReactorBase, type ReactorOptions } from './reactor-base.ts';
export type { RunResult } from './run-result.ts';
export { checkKeys } from './check-keys.ts';
export { describeThrown } from './describe-thrown.ts';
export { checkMilliseconds } from './check-milliseconds.ts';
export { boundLimits, checkSignals } from './runtime-options.ts';
export type { ProcessOptions, StopTimes, UnboundLimits } from './runtime-options.ts';
export { resource, type Resource } from './services/resource.ts';
export type { Service, ServiceHost } from './services/service.ts';
export type { ReactorState } from './state.ts';
export { whenSettled } from './thenable.ts';
export { ThreePhaseEvent } from './three-phase-event.ts';
export { cooperate, type CooperativeTask } from './tasks/cooperator.ts';
export { every, type EveryOptions, type LoopingCall, type Tick } from './tasks/looping-call.ts';
export { sleep } from './tasks/sleep.ts';
export { ticks } from './tasks/ticks.ts';
