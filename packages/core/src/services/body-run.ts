import { thenOf } from '../ground/thenable.ts';
import { abortReason, listenToAbort } from '../ground/abort-listener.ts';
import type { Clock } from '../ground/clock.ts';
import type { TriggerContext } from '../ground/events.ts';
import { createAbortController, type HostAbortSignal, type StopReason } from '../ground/host.ts';
import { isStopRejection } from '../ground/is-stop-rejection.ts';
import { listed } from '../ground/printable.ts';
import { bodyClock } from './body-clock.ts';
import { callInBody } from './body-context.ts';
import { HeldWork } from './held-work.ts';
import type { Service, ServiceHost } from './service.ts';
import { Settlement } from './settlement.ts';

/** The argument of the body of a background service (C58). */
export interface BackgroundContext {
  /** Aborts when the body is told to stop: with the reason of the stop. Also when the body has ended, for what it has started. */
  readonly signal: HostAbortSignal;
  /** Aborts when nobody waits for the body any longer: a limit has passed, or the stop was escalated. */
  readonly cut: HostAbortSignal;
  /** Resolves when `signal` aborts. */
  readonly stopped: Promise<void>;
  /** The reactor's clock, with `signal` above: `ticks` and `every` last until then. The stop of the body waits for work given to its `waitUntil`. */
  readonly clock: Clock;
  /** 1, and one more after each failure in a row (C59). */
  readonly attempt: number;
  /** With `manualReady`: says that the service has started. Calling it again has no effect. */
  ready(): void;
}

/** The body of a background service. The service lasts until the promise that it returns has settled. */
export type BackgroundBody = (context: BackgroundContext) => unknown;

/** An error, in an object since it may be undefined. */
export interface Failure {
  readonly error: unknown;
}

/** What a call of a body needs of its service. */
export interface BodyOwner {
  readonly service: Service;
  readonly app: ServiceHost;
  readonly attempt: number;
  readonly isManual: boolean;
  ready(): void;
  /** The body has ended or failed, and nobody had told it to stop. `start` is given if it was not ready yet, and must be settled then. */
  endedByItself(failure: Failure | undefined, start: Settlement | undefined): void;
  /** The call is over, as a stop had told it to end. That stop was cut by a crash: the service counts as up, but has no body. */
  endedAfterCrash(): void;
  /** The body has failed while stopping, when nobody waited for it any longer. */
  failedLate(error: unknown): void;
}

/**
 * One call of the body of a background service (C58).
 *
 *     starting ─► ready ─► ended ─► over
 *
 * `ended`: its promise has settled. `over`: the work that it gave to `clock.waitUntil` has settled, too. Whether it was told to stop is
 * noted for each call, not for the service: a body may outlive a crash, and then the stop of a later run tells it.
 */
export class BodyRun {
  /** Settles when the service has started, or has failed to. */
  readonly started: Settlement = new Settlement();
  /** Settles when the call is over; with an error if it failed while stopping. */
  readonly over: Settlement = new Settlement();
  /** `stop()` was called: its caller gets the error, if there is one. */
  isAwaited = false;
  readonly #owner: BodyOwner;
  readonly #work: HeldWork = new HeldWork((failure) => {
    this.#workSettled(failure);
  });
  readonly #stopController = createAbortController();
  readonly #cutController = createAbortController();
  #resolveStopped: () => void = () => undefined;
  #stage: 'starting' | 'ready' | 'ended' | 'over' = 'starting';
  /** The reason of the stop that has told it, and the signal of the reactor at that time. */
  #toldBy: { readonly reason: unknown; readonly signal: HostAbortSignal } | undefined;
  /** The first error while stopping. */
  #failure: Failure | undefined;

  constructor(owner: BodyOwner) {
    this.#owner = owner;
  }

  get service(): Service {
    return this.#owner.service;
  }

  /** It can no longer do anything. */
  get isOver(): boolean {
    return this.#stage === 'over';
  }

  /** It has started, and works. */
  get isReady(): boolean {
    return this.#stage === 'ready';
  }

  /** Whether the body was told to stop, or the reactor is stopping: from then on an end is no failure. */
  get #isStopping(): boolean {
    const { state } = this.#owner.app;
    return this.#toldBy !== undefined || state === 'stopping';
  }

  /** A stop has told it to end, and a crash has cut that stop. */
  get #isStopOver(): boolean {
    return this.#toldBy !== undefined && this.#toldBy.signal !== this.#owner.app.signal; // a run has a signal of its own
  }

  /** Calls the body. `context`: that of the startup function, whose signal aborts if the start is cut. */
  begin(body: BackgroundBody, context: TriggerContext<undefined>): void {
    const { app, attempt, isManual } = this.#owner;
    const stopped: Promise<void> = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
    listenToAbort(context.signal, () => {
      this.tell(abortReason(context.signal)); // the start is cut
    });
    const { signal } = this.#stopController;
    const given: BackgroundContext = {
      signal,
      cut: this.#cutController.signal,
      stopped,
      clock: bodyClock(app, signal, (promise, options) => {
        if (this.isOver) app.waitUntil?.(promise, options);
        else this.#work.add(promise, options);
      }),
      attempt,
      ready: () => {
        if (isManual) this.#ready();
      },
    };
    try {
      this.#await(callInBody(this, () => body(given)));
    } catch (error) {
      this.#ended({ error });
    }
    // This microtask comes after the one that hears of the body's promise. So an async function that throws before its first `await` has
    // failed to start.
    if (!isManual)
      void Promise.resolve().then(() => {
        this.#ready();
      });
  }

  /** Tells it to stop, once. */
  tell(reason: unknown): void {
    this.#toldBy ??= { reason, signal: this.#owner.app.signal };
    this.#abort(reason);
  }

  /** `during shutdown`: tells it, and waits for it. */
  stop(context: TriggerContext<StopReason>): Settlement {
    this.tell(context.detail);
    this.isAwaited = true;
    listenToAbort(context.signal, () => {
      this.cut(abortReason(context.signal));
    });
    return this.over;
  }

  /** Nobody waits for it any longer. */
  cut(reason: unknown): void {
    this.tell(reason);
    this.#cutController.abort(reason);
  }

  /** What its stop waits for. */
  status(): string | undefined {
    const { names } = this.#work;
    return this.#stopController.signal.aborted && names.length > 0 ? `finishing ${listed(names, String)}` : undefined;
  }

  #abort(reason: unknown): void {
    this.#stopController.abort(reason);
    this.#resolveStopped();
  }

  /** Reads `then` once and calls it at once, since `whenSettled` would call back some microtasks later. */
  #await(result: unknown): void {
    const then = thenOf(result);
    if (then === undefined) {
      this.#ended(undefined);
      return;
    }
    then.call(
      result as PromiseLike<unknown>, // as: it has a callable `then`
      () => {
        this.#ended(undefined);
      },
      (error: unknown) => {
        this.#ended({ error });
      },
    );
  }

  #ready(): void {
    // A start that was abandoned counts as failed: a late `ready()` must not cancel the restart that follows (C59).
    if (this.#stage !== 'starting' || this.#cutController.signal.aborted) return;
    this.#stage = 'ready';
    this.#owner.ready();
    this.started.resolve();
  }

  /** The body has ended, or failed. Ignored if it has ended before: a thenable may call back twice. */
  #ended(failure: Failure | undefined): void {
    if (this.#stage === 'ended' || this.#stage === 'over') return;
    const isStarting = this.#stage === 'starting';
    this.#stage = 'ended';
    if (this.#isStopping) {
      this.#abort(this.#owner.app.signal.reason); // if nobody has told it
      if (failure !== undefined) this.#failedInStop(failure);
      this.started.resolve();
    } else {
      this.#abort({ kind: failure === undefined ? 'service-ended' : 'service-failed', cause: failure?.error });
      this.#owner.endedByItself(failure, isStarting ? this.started : undefined);
    }
    this.#advance();
  }

  #workSettled(failure: { readonly error: unknown; readonly name: string } | undefined): void {
    if (failure !== undefined) {
      const { error, name } = failure;
      if (this.#isStopping) this.#failedInStop({ error });
      else this.#owner.app.report(error, { kind: 'work', name });
    }
    this.#advance();
  }

  /**
   * The first error while stopping makes `during shutdown` fail. Later ones are reported, and so is one that comes when nobody waits for
   * the body any longer.
   */
  #failedInStop(failure: Failure): void {
    const { error } = failure;
    if (isStopRejection(error, this.#toldBy?.reason, this.#owner.app.signal.reason, this.#cutController.signal.reason))
      return;
    if (this.#cutController.signal.aborted || this.#isStopOver || this.#failure !== undefined)
      this.#owner.failedLate(error);
    else this.#failure = failure;
  }

  #advance(): void {
    if (this.#stage !== 'ended' || this.#work.names.length > 0) return;
    this.#stage = 'over';
    const failure = this.#failure;
    if (this.#isStopOver) {
      if (failure !== undefined) this.#owner.failedLate(failure.error); // the stop that would have failed is gone
      this.#owner.endedAfterCrash();
    } else if (failure !== undefined) {
      this.over.reject(failure.error);
      return;
    }
    this.over.resolve();
  }
}
