import { abortReason } from '../ground/abort-listener.ts';
import { messageOf } from '../ground/describe-thrown.ts';
import { ResourceClosedError } from '../ground/errors.ts';
import type { Phase, TriggerContext } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import { isStopRejection } from '../ground/is-stop-rejection.ts';
import { printable } from '../ground/printable.ts';
import { whenSettled } from '../ground/thenable.ts';
import { sleep } from '../tasks/sleep.ts';
import type { Failure } from './body-run.ts';
import { delayAfter, describeAttempt, describeDelay, type RestartPolicy } from './restart-policy.ts';
import { serviceControl, type ServiceControl } from './service-control.ts';
import type { Service, ServiceHost } from './service.ts';
import type { Needed } from './service-state.ts';
import { openContext, withDetail, type OpenContext } from './open-context.ts';
import { Settlement } from './settlement.ts';
import { whyNotOpen } from './why-not-open.ts';
import { Supervisor, type OnFailure } from './supervisor.ts';

/** The functions and the checked options of a resource. */
export interface ResourceParts<T> {
  readonly name: string;
  readonly open: (context: OpenContext) => T | PromiseLike<T>;
  readonly close: ((value: T, context: TriggerContext<StopReason>) => unknown) | undefined;
  readonly retry: RestartPolicy | undefined;
  readonly restart: RestartPolicy | undefined;
  readonly onFailure: OnFailure;
  /** The phase of startup in which it is opened. */
  readonly phase: Phase;
}

/** One start of a resource: one attempt to open it, or several (C71). */
interface Start {
  readonly context: TriggerContext<undefined>;
  readonly started: Settlement;
  /** Set when nobody waits for it any longer. */
  abandoned?: { readonly isLimit: boolean };
}

/** One attempt to open a resource, and what came of it. */
interface Opening<T> {
  isClosing: boolean;
  opened?: { readonly value: T };
  lost?: Failure;
}

/** Why a resource is down between two openings. */
interface Outage {
  readonly what: string;
  /** The policy that opens it again. */
  readonly policy?: RestartPolicy | undefined;
  /** The number of the attempt under way; if undefined, that of the supervisor. */
  readonly attempt?: number | undefined;
}

/** The reactor of a resource. */
interface Attached {
  readonly app: ServiceHost;
  readonly control: ServiceControl;
  readonly supervisor: Supervisor;
}

/** A resource, from one opening to the next. */
export class ResourceLife<T> {
  readonly #parts: ResourceParts<T>;
  #reactor: Attached | undefined;
  /** The last attempt to open it: the one whose `lost` counts. */
  #opening: Opening<T> | undefined;
  /** The last start. */
  #last: Start | undefined;
  /** While it waits to be opened again. */
  #retryAt: { readonly time: number; readonly attempt: number; readonly policy: RestartPolicy } | undefined;
  /** Set while it is down between two openings, for the error that `value` throws then. */
  #outage: Outage | undefined;

  /** The kind of the stop that has closed it, until it is used or opened again. */
  #closedBy: string | undefined;
  /** Its place among the services. */
  node: Needed | undefined;

  constructor(parts: ResourceParts<T>) {
    this.#parts = parts;
  }

  /** Called by `use()`. */
  attach(service: Service, app: ServiceHost): void {
    const { restart, onFailure } = this.#parts;
    const control = serviceControl(app);
    const supervisor = new Supervisor(service, app, control, { restart, onEnd: 'stop', onFailure });
    this.#reactor?.supervisor.cancel();
    this.#reactor = { app, control, supervisor };
    this.#closedBy = undefined;
  }

  /** 1 plus the failures in a row. */
  get attempt(): number {
    return this.#retryAt?.attempt ?? this.#attached.supervisor.attempt;
  }

  /** Throws `ResourceClosedError` unless it is open. */
  get value(): T {
    const { opened, lost } = this.#opening ?? {};
    if (opened !== undefined && lost === undefined) return opened.value;
    throw new ResourceClosedError(`Resource "${printable(this.#parts.name)}" ${this.#whyClosed()}`);
  }

  #whyClosed(): string {
    if (this.#outage === undefined) {
      const { state } = this.#reactor?.app ?? {};
      const isNamed = this.node !== undefined && this.node.neededBy.length > 0;
      return whyNotOpen({ state, closedBy: this.#closedBy, phase: this.#parts.phase, isNamed });
    }
    const { what, policy, attempt = this.attempt } = this.#outage;
    const isGivenUp = this.#reactor?.supervisor.isDown === true || this.#reactor?.app.state === 'stopping';
    const number = policy === undefined ? '' : ` (${describeAttempt(attempt, policy)})`;
    const next = isGivenUp ? "it isn't opened again" : (this.status() ?? `it is being opened again${number}`);
    return `${what}; ${next}: read its value when it is open`;
  }

  status(): string | undefined {
    if (this.#retryAt === undefined) return this.#reactor?.supervisor.status();
    const { time, attempt, policy } = this.#retryAt;
    return `retrying ${describeDelay(time - this.#attached.app.now(), attempt, policy)}`;
  }

  start(context: TriggerContext<undefined>): Settlement {
    const start: Start = { context, started: new Settlement() };
    const { started } = start;
    const { opened, lost, isClosing } = this.#opening ?? {};
    this.#last = start;
    if (opened === undefined || lost === undefined || isClosing === true) {
      this.#open(start, 1);
      return started;
    }
    // It was lost, and a crash came before its stop. What the lost opening has left open is closed first.
    this.#opening = undefined;
    void this.#closeLeft(opened.value, context, 'restart').then(() => {
      if (context.signal.aborted) started.reject(abortReason(context.signal));
      else this.#open(start, 1);
    });
    return started;
  }

  /** Nobody waits for the start any longer. `isLimit`: since a time limit has passed. */
  startAbandoned(isLimit: boolean): void {
    if (this.#last !== undefined) this.#last.abandoned ??= { isLimit };
  }

  startFailed(error: unknown): boolean {
    this.#outage = { what: `did not open (${messageOf(error)})`, policy: this.#parts.restart };
    return this.#attached.supervisor.startFailed(error);
  }

  /** Calls `close`. It isn't an async function, so that what `close` throws is known at once: an escalation doesn't wait for promises. */
  stop(context: TriggerContext<StopReason>): unknown {
    const opening = this.#opening;
    this.#closedBy = context.detail.kind;
    if (context.detail.kind !== 'restart') this.#outage = undefined;
    else this.#outage ??= { what: 'is closed for a restart' };
    if (opening === undefined) return undefined;
    const over = (): void => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    const failed = (error: unknown): never => {
      over();
      throw error;
    };
    opening.isClosing = true;
    try {
      const { opened } = opening;
      const closed = opened === undefined ? undefined : this.#parts.close?.(opened.value, context);
      const settled = whenSettled(closed, over, failed);
      if (settled === undefined) over();
      return settled;
    } catch (error) {
      return failed(error);
    }
  }

  /** Calls `open`. `attempt`: the number of this attempt in the start; the first is 1. */
  #open(start: Start, attempt: number): void {
    const opening: Opening<T> = { isClosing: false };
    const context = openContext(start.context, (error) => {
      this.#lost(opening, error);
    });
    const opened = (value: unknown): void => {
      this.#opened(start, opening, value as T); // as: what `open` returned, or its promise resolved with
    };
    const failed = (error: unknown): void => {
      this.#openFailed(start, attempt, error);
    };
    let result: unknown;
    try {
      result = this.#parts.open(context);
    } catch (error) {
      failed(error);
      return;
    }
    if (whenSettled(result, opened, failed) === undefined) opened(result);
  }

  #opened(start: Start, opening: Opening<T>, value: T): void {
    opening.opened = { value };
    if (start !== this.#last || start.abandoned !== undefined) {
      // If a limit has passed, `open` was told to clean up after itself (C52). After a crash or an escalation it was not: so the value is
      // closed here.
      if (start.abandoned?.isLimit !== true) void this.#closeLeft(value, start.context, 'abandoned');
      return;
    }
    this.#opening = opening;
    this.#outage = undefined;
    this.#closedBy = undefined;
    this.#attached.supervisor.ready();
    const { lost } = opening; // read before `resolve()`: that starts other services, and one of them may report this one as lost
    start.started.resolve();
    if (lost !== undefined) this.#goDown(lost);
  }

  /** With `retry` it is opened again after a delay, until it has failed too often or the start is cut (C71). */
  #openFailed(start: Start, attempt: number, error: unknown): void {
    const { retry, name } = this.#parts;
    const { signal } = start.context;
    if (retry === undefined || attempt >= retry.giveUpAfter) {
      start.started.reject(error);
      return;
    }
    if (signal.aborted) {
      start.started.reject(this.#failedWhenCut(error, abortReason(signal)));
      return;
    }
    const { app, control } = this.#attached;
    const delay = delayAfter(retry, attempt, app.random?.() ?? 0.5);
    const next = `retrying ${describeDelay(delay, attempt + 1, retry)}`;
    control.warn(`Resource "${printable(name)}" did not open: ${messageOf(error)}; ${next}`, error);
    this.#retryAt = { time: app.now() + delay, attempt: attempt + 1, policy: retry };
    this.#outage = { what: `did not open (${messageOf(error)})`, policy: retry, attempt: attempt + 1 };
    sleep(app, delay, { signal }).then(
      () => {
        this.#retryAt = undefined;
        this.#open(start, attempt + 1);
      },
      (reason: unknown) => {
        this.#retryAt = undefined;
        start.started.reject(reason);
      },
    );
  }

  /** Closes a value that no stop will close. An error is reported and has no other effect. */
  async #closeLeft(value: T, context: TriggerContext<undefined>, kind: string): Promise<void> {
    const { name, close } = this.#parts;
    try {
      await close?.(value, withDetail(context, { kind, service: name }));
    } catch (error) {
      this.#attached.app.report(error, { kind: 'service', name });
    }
  }

  #lost(opening: Opening<T>, error: unknown): void {
    if (opening.lost !== undefined || opening.isClosing) return;
    opening.lost = { error };
    if (this.#opening === opening && this.#attached.app.state !== 'stopping') this.#goDown(opening.lost);
  }

  #goDown(failure: Failure): void {
    this.#outage = { what: `was lost (${messageOf(failure.error)})`, policy: this.#parts.restart };
    this.#attached.supervisor.failed(failure);
  }

  /**
   * A stop has cut the start, and `open` has failed meanwhile. Without the stop it would have been tried again, so the error is logged, and
   * is no failure of the start (C71). Returns what the start rejects with: the reason of the stop.
   */
  #failedWhenCut(error: unknown, reason: unknown): unknown {
    if (!isStopRejection(error, reason)) {
      const title = `Resource "${printable(this.#parts.name)}" did not open: ${messageOf(error)}`;
      this.#attached.control.warn(`${title}; not tried again, since the reactor stops`, error);
    }
    return reason;
  }

  get #attached(): Attached {
    return this.#reactor as Attached; // as: use() has attached it before it starts
  }
}
