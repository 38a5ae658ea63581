import { abortReason } from '../ground/abort-listener.ts';
import type { TriggerContext } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import { printable } from '../ground/printable.ts';
import { BodyRun, type BackgroundBody, type BodyOwner, type Failure } from './body-run.ts';
import { serviceControl, type ServiceControl } from './service-control.ts';
import type { Service, ServiceHost } from './service.ts';
import { Settlement } from './settlement.ts';
import { endedError, Supervisor, type OnFailure } from './supervisor.ts';
import type { RestartPolicy } from './restart-policy.ts';

/** The checked options of a background service. */
interface BodyLifeOptions {
  readonly isManual: boolean;
  readonly restart: RestartPolicy | undefined;
  readonly onEnd: 'stop' | 'restart' | 'ignore';
  readonly onFailure: OnFailure;
}

/** The reactor of a background service. */
interface Attached {
  readonly app: ServiceHost;
  readonly control: ServiceControl;
  readonly service: Service;
  readonly supervisor: Supervisor;
}

/** A background service, from one call of its body to the next. */
export class BodyLife implements BodyOwner {
  readonly #name: string;
  readonly #body: BackgroundBody;
  readonly #options: BodyLifeOptions;
  #reactor: Attached | undefined;
  /** The call of the body under way, or the last one. */
  #run: BodyRun | undefined;
  /** The last call has ended by itself, and the option `onEnd` allows that. */
  #hasEnded = false;
  /** A start waits for the end of the last call. */
  #startWaits = false;
  /** The last start has not called the body, since a service that the body needs had gone down meanwhile. The call is still due. */
  isHeld = false;

  constructor(name: string, body: BackgroundBody, options: BodyLifeOptions) {
    this.#name = name;
    this.#body = body;
    this.#options = options;
  }

  /**
   * Called by `use()`. Throws `TypeError` if the body is running in another reactor. A body that still runs after its service was removed
   * is cut by `start`.
   */
  attach(service: Service, app: ServiceHost): void {
    if (this.#isRunning && this.#reactor?.app !== app)
      throw new TypeError(
        `Service "${printable(this.#name)}" runs in another reactor: call background() once for each reactor`,
      );
    const control = serviceControl(app);
    const { restart, onEnd, onFailure } = this.#options;
    const supervision = { restart, onEnd: onEnd === 'restart' ? onEnd : 'stop', onFailure } as const;
    this.#reactor?.supervisor.cancel();
    this.#reactor = { app, control, service, supervisor: new Supervisor(service, app, control, supervision) };
  }

  // ── What the reactor calls ──

  /**
   * Calls the body. If an earlier call still runs, after a crash or a limit, it is cut and waited for: a body never runs twice at the same
   * time.
   */
  start(context: TriggerContext<undefined>): Settlement {
    this.isHeld = false;
    const previous = this.#run;
    if (previous === undefined || previous.isOver) return this.#begin(context);
    const started = new Settlement();
    const next = (): void => {
      this.#startWaits = false;
      const { control, service } = this.#attached;
      this.isHeld = control.isHeld(service);
      if (context.signal.aborted) started.reject(abortReason(context.signal));
      else if (this.isHeld) started.resolve();
      else
        this.#begin(context).then(
          () => {
            started.resolve();
          },
          (error) => {
            started.reject(error);
          },
        );
    };
    this.#startWaits = true;
    previous.cut(new Error('The reactor starts this service again'));
    previous.over.then(next, next);
    return started;
  }

  #begin(context: TriggerContext<undefined>): Settlement {
    const run = new BodyRun(this);
    this.#run = run;
    this.#hasEnded = false;
    run.begin(this.#body, context);
    return run.started;
  }

  /** Nobody waits for the start any longer. */
  startAbandoned(): void {
    this.#run?.cut(new Error(`The start of service "${printable(this.#name)}" was abandoned`));
    this.#reportLate(this.#run);
  }

  startFailed(error: unknown): boolean {
    return this.#reactor?.supervisor.startFailed(error) === true;
  }

  /** Stopping begins: tells the body, unless a service that runs needs it. A body that is starting is told when its start is cut. */
  stopBegins(reason: StopReason): void {
    if (this.#run?.isReady === true) this.tellUnlessNeeded(reason);
  }

  /** `before shutdown`: tells the body, unless a service that runs needs it. */
  tellUnlessNeeded(reason: StopReason): void {
    const { control, service } = this.#attached;
    if (!control.isNeeded(service)) this.#run?.tell(reason);
  }

  /** `during shutdown`: tells the body, and waits for it. */
  stop(context: TriggerContext<StopReason>): Settlement | undefined {
    return this.#run?.stop(context);
  }

  /** The run has crashed, or is over. Returns `true` if the body has ended because it was told to stop: the next run calls it again. */
  runEnded(): boolean {
    const run = this.#run;
    if (run?.isOver !== true || this.#hasEnded) return false;
    this.#run = undefined;
    this.#reportLate(run); // a crash has cut the stop that would have waited for this call, and would have reported its error
    return true;
  }

  status(): string | undefined {
    return this.#run?.status() ?? this.#reactor?.supervisor.status() ?? (this.#hasEnded ? 'ended' : undefined);
  }

  // ── What a call of the body asks and tells ──

  get app(): ServiceHost {
    return this.#attached.app;
  }

  get service(): Service {
    return this.#attached.service;
  }

  get attempt(): number {
    return this.#attached.supervisor.attempt;
  }

  get isManual(): boolean {
    return this.#options.isManual;
  }

  ready(): void {
    this.#attached.supervisor.ready();
  }

  endedByItself(failure: Failure | undefined, start: Settlement | undefined): void {
    const isAllowed = failure === undefined && this.#options.onEnd === 'ignore';
    this.#hasEnded = isAllowed;
    if (isAllowed) start?.resolve();
    else if (start === undefined) this.#attached.supervisor.failed(failure);
    else start.reject(failure === undefined ? endedError(this.#name) : failure.error);
  }

  endedAfterCrash(): void {
    if (!this.#startWaits) this.#attached.supervisor.revive();
  }

  failedLate(error: unknown): void {
    const { app, control, service } = this.#attached;
    const { name } = service;
    if (app.state === 'stopping') control.failProgram({ kind: 'service-failed', service: name, cause: error }, error);
    else app.report(error, { kind: 'service', name });
  }

  /** If no stop waits for this call of the body: reports the error with which it ends, if it does. */
  #reportLate(run: BodyRun | undefined): void {
    if (run === undefined || run.isAwaited) return;
    run.isAwaited = true;
    run.over.then(
      () => undefined,
      (error) => {
        this.failedLate(error);
      },
    );
  }

  get #isRunning(): boolean {
    return this.#run?.isOver === false;
  }

  get #attached(): Attached {
    return this.#reactor as Attached; // as: use() has attached it before anything else is called
  }
}
