import type { ErrorSource } from '../ground/error-source.ts';
import type { StopReason } from '../ground/host.ts';
import type { Needed } from './service-state.ts';
import type { Service } from './service.ts';

/** What a service of this package tells the reactor, beside the members of the public type `Service`. */
export interface ServiceSettings {
  /** The start of the reactor goes on without it if it fails; those that need it wait (C58). */
  readonly isOptional?: boolean;
  /** Its startup functions are called in each run, also where it has started before a crash (C31, C62). */
  readonly startsInEachRun?: boolean;
  /** The reactor begins to stop. Called whatever the state of the service is. */
  stopBegins?(reason: StopReason): void;
  /** The run has crashed or is over. Returns `true` if nothing is left of the service: then the next run starts it from the beginning (C31). */
  runEnded?(): boolean;
  /** 1 plus its failures in a row, for `health` (C61). Not called before `use()`. */
  attempts?(): number;
  /** Its start was abandoned: what it returns later isn't kept. `isLimit`: since a time limit has passed. */
  startAbandoned?(isLimit: boolean): void;
  /**
   * Its start has failed, or was abandoned, while the reactor runs: in a restart, or since it had to wait for a service that was down.
   * Returns `true` if its restart policy reports the error and deals with it (C59). Otherwise the error is reported and the program fails
   * (C60). Not called for a start by `addService`, which rejects (C63), nor while the reactor starts (C26).
   */
  startFailed?(error: unknown, source: ErrorSource): boolean;
  /** Its start has succeeded, but has called nothing, since a service that it needs has gone down meanwhile: it is still due. */
  isHeld?(): boolean;
  /** What its start or stop waits for, and what has a signal of its own, for messages: `open()`, `the body`. */
  waitsFor?(event: 'startup' | 'shutdown'): string;
  /** It is no service of the reactor any more (C63). */
  removed?(): void;
  /** `use()` has made its node. */
  used?(node: Needed): void;
}

/** Set by `resource()` and the like. */
export const serviceSettings: WeakMap<Service, ServiceSettings> = new WeakMap();
