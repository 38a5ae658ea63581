import type { DelayedCall } from '../ground/clock.ts';
import { messageOf } from '../ground/describe-thrown.ts';
import { ServiceEndedError } from '../ground/errors.ts';
import { dispose } from '../ground/host.ts';
import { printable } from '../ground/printable.ts';
import type { Failure } from './body-run.ts';
import { DEFAULT_RESTART, delayAfter, describeDelay, type RestartPolicy } from './restart-policy.ts';
import type { ServiceControl } from './service-control.ts';
import type { Service, ServiceHost } from './service.ts';

/** What becomes of the program when a service has failed for good. */
export type OnFailure = 'stop' | 'ignore';

/** The values of `OnFailure`. */
export const ON_FAILURE: readonly OnFailure[] = ['stop', 'ignore'];

/** What to do after a failure or an end. */
export interface Supervision {
  readonly restart: RestartPolicy | undefined;
  readonly onEnd: 'stop' | 'restart';
  readonly onFailure: OnFailure;
}

/**
 * Decides what happens after a service has failed or ended (C58, C59): it is restarted after a delay, the program stops, or it goes on
 * without the service.
 *
 *     up ─► waiting (for the delay) ─► restarting ─► up
 *     up ─► down
 */
export class Supervisor {
  readonly #service: Service;
  readonly #app: ServiceHost;
  readonly #control: ServiceControl;
  readonly #supervision: Supervision;
  /** Failures in a row. */
  #failures = 0;
  /** When it was ready last; NaN if it wasn't since the last failure. */
  #readyAt = NaN;
  /** When the delay is over. */
  #restartAt = 0;
  /** The restart that waits for the delay. Undefined unless it is `waiting`. */
  #delayed: DelayedCall | undefined;
  #isDown = false;
  /** The delay is over, and the service has not been ready since. */
  #isDue = false;

  constructor(service: Service, app: ServiceHost, control: ServiceControl, supervision: Supervision) {
    this.#service = service;
    this.#app = app;
    this.#control = control;
    this.#supervision = supervision;
  }

  /** The number of the attempt under way; while it waits, of the next one. */
  get attempt(): number {
    return this.#failures + 1;
  }

  /** `restarting in 1.2 s (2 of 5)` while it waits. */
  status(): string | undefined {
    if (this.#delayed === undefined || this.#app.state !== 'running') return undefined;
    return `restarting ${this.#describe(this.#restartAt - this.#app.now())}`;
  }

  /** It has failed for good: nobody but the program starts it again. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** It has started. */
  ready(): void {
    this.cancel(); // somebody else has restarted it
    this.#isDown = false;
    this.#readyAt = this.#app.now();
  }

  /** Takes back the restart that waits for the delay, or for other changes of services. */
  cancel(): void {
    this.#delayed?.[dispose]();
    this.#delayed = undefined;
    this.#isDue = false;
  }

  /** It has failed while it ran; with `undefined` it has ended. */
  failed(failure: Failure | undefined): void {
    this.#control.down(this.#service);
    if (this.#app.state !== 'running' || !this.#retry(failure, this.#policyFor(failure))) this.#giveUp(failure);
  }

  /**
   * A start has failed while the reactor runs, or because a stop has cut it. If it may be tried again, the program has not failed (C59).
   * Returns `false` if the program is to fail with that error.
   */
  startFailed(error: unknown): boolean {
    const failure = error instanceof ServiceEndedError ? undefined : { error };
    if (this.#retry(failure, this.#policyFor(failure) ?? this.#supervision.restart)) return true;
    this.#isDown = true;
    if (this.#supervision.onFailure === 'stop') return false;
    this.#control.failed(this.#service, error);
    return true;
  }

  /** The service counts as up, but its body has ended, since a crash cut its stop: restarts it, or leaves that to the next run. */
  revive(): void {
    this.#control.down(this.#service, true);
    this.#restart(false);
  }

  #describe(delay: number): string {
    return describeDelay(delay, this.attempt, this.#supervision.restart ?? DEFAULT_RESTART);
  }

  #policyFor(failure: Failure | undefined): RestartPolicy | undefined {
    const { restart, onEnd } = this.#supervision;
    if (failure !== undefined) return restart;
    return onEnd === 'restart' ? (restart ?? DEFAULT_RESTART) : undefined;
  }

  /** Counts a failure, and restarts the service after the delay unless it was one too many. */
  #retry(failure: Failure | undefined, policy: RestartPolicy | undefined): boolean {
    if (policy === undefined) return false;
    const now = this.#app.now();
    if (now - this.#readyAt >= policy.healthyAfter) this.#failures = 0;
    this.#readyAt = NaN;
    this.cancel();
    if (++this.#failures >= policy.giveUpAfter) return false;
    const { name } = this.#service;
    const what = failure === undefined ? 'ended' : `failed: ${messageOf(failure.error)}`;
    const say = (next: string): void => {
      this.#control.warn(`Service "${printable(name)}" ${what}; ${next}`, failure?.error);
    };
    if (this.#app.state !== 'running') {
      this.#isDown = true;
      say('not restarted, since the reactor stops');
      return true;
    }
    const delay = delayAfter(policy, this.#failures, this.#app.random?.() ?? 0.5);
    this.#restartAt = now + delay;
    say(`restarting ${this.#describe(delay)}`);
    // The signal cancels it when stopping begins, and on a crash: the next run starts what is down.
    const options = { name: `restart of ${name}`, signal: this.#app.signal };
    const onTime = (): void => {
      this.#restart(policy.dependants);
    };
    this.#delayed = this.#app.callLater(delay, onTime, options);
    return true;
  }

  #restart(dependants: boolean): void {
    this.cancel();
    this.#isDue = true;
    const reason = { kind: 'restart', service: this.#service.name };
    const isWanted = (): boolean => this.#isDue;
    // When it rejects, `startFailed` has been called, or the reactor doesn't run.
    this.#control.restart(this.#service, { dependants, reason, isWanted }).catch(() => undefined);
  }

  #giveUp(failure: Failure | undefined): void {
    this.#isDown = true;
    const { name } = this.#service;
    const { onEnd, onFailure } = this.#supervision;
    const error = failure === undefined ? endedError(name) : failure.error;
    // After a crash there is no run to stop: then `failed` and `failProgram` only report the error.
    if (onFailure === 'ignore' && (failure !== undefined || onEnd === 'restart'))
      this.#control.failed(this.#service, error);
    else if (failure === undefined) this.#control.failProgram({ kind: 'service-ended', service: name }, error);
    else this.#control.failProgram({ kind: 'service-failed', service: name, cause: error }, error);
  }
}

/** The error of a body that has ended, and was not told to. */
export function endedError(name: string): ServiceEndedError {
  return new ServiceEndedError(
    `The body of service "${printable(name)}" ended by itself: keep it running until its signal aborts, or set onEnd`,
  );
}
