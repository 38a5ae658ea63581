import { messageOf } from '../ground/describe-thrown.ts';
import { ResourceClosedError } from '../ground/errors.ts';
import type { TriggerContext } from '../ground/events.ts';
import type { StopReason } from '../ground/host.ts';
import { printable } from '../ground/printable.ts';
import { sleep } from '../tasks/sleep.ts';
import type { Failure } from './body-run.ts';
import { delayAfter, describeDelay, type RestartPolicy } from './restart-policy.ts';
import { serviceControl, type ServiceControl } from './service-control.ts';
import type { Service, ServiceHost } from './service.ts';
import { Settlement } from './settlement.ts';
import { Supervisor, type OnFailure } from './supervisor.ts';

/** The argument of the `open` function of a resource. */
export interface OpenContext extends TriggerContext<undefined> {
  /**
   * Reports that what was opened has died (C72): `value` throws, and the options `restart` and `onFailure` say what happens. Only the first
   * call counts, and none does once the resource is being closed.
   */
  lost(error: unknown): void;
}

/** The functions and the checked options of a resource. */
export interface ResourceParts<T> {
  readonly name: string;
  readonly open: (context: OpenContext) => T | PromiseLike<T>;
  readonly close: ((value: T, context: TriggerContext<StopReason>) => unknown) | undefined;
  readonly retry: RestartPolicy | undefined;
  readonly restart: RestartPolicy | undefined;
  readonly onFailure: OnFailure;
}

/** One attempt to open a resource, and what came of it. */
interface Opening<T> {
  isClosing: boolean;
  opened?: { readonly value: T };
  lost?: Failure;
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
  #abandonedStarts = 0;
  /** While it waits to be opened again. */
  #retryAt: { readonly time: number; readonly attempt: number; readonly policy: RestartPolicy } | undefined;

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
  }

  /** 1 plus the failures in a row. */
  get attempt(): number {
    return this.#retryAt?.attempt ?? this.#attached.supervisor.attempt;
  }

  /** Throws `ResourceClosedError` unless it is open. */
  get value(): T {
    const { opened, lost } = this.#opening ?? {};
    if (opened !== undefined && lost === undefined) return opened.value;
    const name = printable(this.#parts.name);
    throw new ResourceClosedError(
      opened === undefined
        ? `Resource "${name}" is not open: read its value between its start and its stop, or name it in needs`
        : `Resource "${name}" was lost: read its value when it is open again`,
    );
  }

  status(): string | undefined {
    if (this.#retryAt === undefined) return this.#reactor?.supervisor.status();
    const { time, attempt, policy } = this.#retryAt;
    return `retrying ${describeDelay(time - this.#attached.app.now(), attempt, policy)}`;
  }

  start(context: TriggerContext<undefined>): Settlement {
    const started = new Settlement();
    void this.#start(context, started);
    return started;
  }

  async #start(context: TriggerContext<undefined>, started: Settlement): Promise<void> {
    const before = this.#abandonedStarts;
    const { retry } = this.#parts;
    const last = this.#opening;
    try {
      if (last?.lost !== undefined && !last.isClosing) await this.#closeLost(context);
      const opening = await (retry === undefined ? this.#open(context) : this.#openOften(retry, context));
      // A value that arrives later isn't kept, since nothing would close it.
      if (this.#abandonedStarts !== before) return;
      this.#opening = opening;
      const { supervisor } = this.#attached;
      supervisor.ready();
      const { lost } = opening; // read here: what starts next, in the call below, may report it as lost
      started.resolve();
      if (lost !== undefined) supervisor.failed(lost);
    } catch (error) {
      started.reject(error);
    }
  }

  /** Nobody waits for the start any longer. */
  startAbandoned(): void {
    this.#abandonedStarts++;
  }

  startFailed(error: unknown): boolean {
    return this.#attached.supervisor.startFailed(error);
  }

  async stop(context: TriggerContext<StopReason>): Promise<void> {
    const opening = this.#opening;
    if (opening?.opened === undefined) return;
    opening.isClosing = true;
    try {
      await this.#parts.close?.(opening.opened.value, context);
    } finally {
      if (this.#opening === opening) this.#opening = undefined;
    }
  }

  /** It was lost, and a crash has kept its stop away: closes what is left of it. An error is reported, and it is opened all the same. */
  async #closeLost(context: TriggerContext<undefined>): Promise<void> {
    const { name } = this.#parts;
    try {
      await this.stop(withDetail(context, { kind: 'restart', service: name }));
    } catch (error) {
      this.#attached.app.report(error, { kind: 'service', name });
    }
  }

  async #open(context: TriggerContext<undefined>): Promise<Opening<T>> {
    const opening: Opening<T> = { isClosing: false };
    const value = await this.#parts.open(
      openContext(context, (error) => {
        this.#lost(opening, error);
      }),
    );
    opening.opened = { value };
    return opening;
  }

  /** Opens it, and after each failure again, until it has failed too often or the start is cut (C71). */
  async #openOften(policy: RestartPolicy, context: TriggerContext<undefined>): Promise<Opening<T>> {
    const { app, control } = this.#attached;
    for (let failures = 1; ; failures++) {
      try {
        return await this.#open(context);
      } catch (error) {
        if (failures >= policy.giveUpAfter || context.signal.aborted) throw error;
        const delay = delayAfter(policy, failures, app.random?.() ?? 0.5);
        const next = `retrying ${describeDelay(delay, failures + 1, policy)}`;
        control.warn(`Resource "${printable(this.#parts.name)}" did not open: ${messageOf(error)}; ${next}`, error);
        this.#retryAt = { time: app.now() + delay, attempt: failures + 1, policy };
        try {
          await sleep(app, delay, { signal: context.signal });
        } finally {
          this.#retryAt = undefined;
        }
      }
    }
  }

  #lost(opening: Opening<T>, error: unknown): void {
    if (opening.lost !== undefined || opening.isClosing) return;
    opening.lost = { error };
    const { app, supervisor } = this.#attached;
    if (this.#opening === opening && app.state !== 'stopping') supervisor.failed(opening.lost);
  }

  get #attached(): Attached {
    return this.#reactor as Attached; // as: use() has attached it before it starts
  }
}

/** An attempt has a context of its own: what an earlier attempt has left behind must not report the connection of a later one as lost. */
function openContext(context: TriggerContext<undefined>, lost: (error: unknown) => void): OpenContext {
  return Object.assign(withDetail(context, undefined), { lost });
}

/** The context of a start, with another detail. */
function withDetail<T>(context: TriggerContext<undefined>, detail: T): TriggerContext<T> {
  const { event, phase, name, terminal, signal } = context;
  return { event, phase, name, detail, terminal, signal, remaining: () => context.remaining() };
}
