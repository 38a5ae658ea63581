import { abortReason, listenToAbort } from '../ground/abort-listener.ts';
import { GateFullError, ReactorStoppingError, TimeoutError } from '../ground/errors.ts';
import type { TriggerContext } from '../ground/events.ts';
import { dispose, type AbortSignalLike, type HostAbortSignal, type StopReason } from '../ground/host.ts';
import { printable } from '../ground/printable.ts';
import { GateItem } from './gate-item.ts';
import type { Needed } from './service-state.ts';
import type { ServiceHost } from './service.ts';

/** The maximum time that is kept for `onAbandoned`, in milliseconds. */
const MAX_RESERVE_MS = 1_000;

/** A caller that waits for a slot: `run()` to take it, `free()` only to know that there is one. */
interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The work of one gate (C62).
 *
 *     idle ◄─► open ─► closed
 *
 * `idle`: it has not started in this run, or is being restarted. Calls wait. `open`: it gives its slots. `closed`: it takes no more calls.
 * Only a start opens it. A crash of the reactor makes it idle: what it needs may be down then, so each run starts it again (C31).
 */
export class GateWork {
  readonly #name: string;
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #drainTimeout: number;
  #state: 'idle' | 'open' | 'closed' = 'idle';
  /** It is a service of the reactor. Once it is removed it stays closed, also in the next run. */
  #isUsed = false;
  /** What has a slot, in order. */
  readonly #running: Set<GateItem> = new Set();
  /** What waits for a slot, in order. */
  readonly #waiting: Map<GateItem, Waiter> = new Map();
  /**
   * Stands at the first entry of `#waiting`. It is kept, since a new iterator for each slot would have to skip all entries that were
   * deleted.
   */
  #nextWaiting: Iterator<[GateItem, Waiter], undefined> = this.#waiting.entries();
  /** Those who wait in `free()`. */
  readonly #asking: Set<Waiter> = new Set();
  #app: ServiceHost | undefined;
  /** The signal of the run that it follows. */
  #signal: HostAbortSignal | undefined;
  #stopListening: (() => void) | undefined;
  /** Called when nothing is running any more, or nobody waits for that any longer. */
  readonly #onEmpty: Set<() => void> = new Set();
  /** Its place among the services. */
  node: Needed | undefined;

  constructor(name: string, concurrency: number, maxWaiting: number, drainTimeout: number) {
    this.#name = printable(name);
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
    this.#drainTimeout = drainTimeout;
  }

  status(): string {
    return `${String(this.#running.size)} running, ${String(this.#waiting.size)} waiting`;
  }

  attach(app: ServiceHost): void {
    this.#app = app;
    this.#signal = app.signal;
    this.#isUsed = true;
    this.#setState('idle');
  }

  /** It was removed. If it had not started in this run, nothing has closed it: what waits is refused, as nobody will start it. */
  removed(): void {
    this.#isUsed = false;
    this.#refuse();
  }

  run<T>(
    fn: (context: { readonly signal: HostAbortSignal }) => T | PromiseLike<T>,
    onAbandoned: (() => unknown) | undefined,
  ): Promise<T> {
    this.#followRun();
    if (this.#state === 'closed') return Promise.reject(this.#closedError());
    const item = new GateItem(onAbandoned);
    if (this.#isFree) {
      this.#running.add(item);
      return this.#watch(item, this.#call(item, fn));
    }
    if (this.#waiting.size >= this.#maxWaiting) return Promise.reject(this.#fullError());
    const slot: Promise<void> = new Promise((resolve, reject) => {
      this.#waiting.set(item, { resolve, reject });
    });
    // A promise keeps the async context of its caller (N3).
    return this.#watch(
      item,
      slot.then(() => this.#call(item, fn)),
    );
  }

  free(signal: AbortSignalLike | undefined): Promise<void> {
    this.#followRun();
    return new Promise((resolve, reject) => {
      const rejectWith: (reason: unknown) => void = reject; // a signal can be aborted with anything
      let stopListening = (): void => undefined;
      const asking: Waiter = {
        resolve: () => {
          stopListening();
          resolve();
        },
        reject: (error) => {
          stopListening();
          rejectWith(error);
        },
      };
      if (this.#isFree) resolve();
      else if (this.#state === 'closed') reject(this.#closedError());
      else {
        this.#asking.add(asking);
        if (signal !== undefined)
          stopListening = listenToAbort(signal, () => {
            this.#asking.delete(asking);
            rejectWith(abortReason(signal));
          });
      }
    });
  }

  open(): void {
    this.#followRun();
    this.#setState('open');
    this.#giveSlots();
  }

  /** Takes no more calls, and waits for those that are running. In a restart calls wait until it is open again. */
  close(context: TriggerContext<StopReason>): Promise<void> | undefined {
    this.#followRun();
    // A stop of the whole program may have this kind too. Then its signal has aborted, so `#setState` refuses the calls at once.
    if (context.detail.kind === 'restart') this.#setState('idle');
    else this.#refuse();
    return this.#running.size === 0 ? undefined : this.#drain(context);
  }

  /** Calls the function of an item that has a slot. */
  async #call<T>(
    item: GateItem,
    fn: (context: { readonly signal: HostAbortSignal }) => T | PromiseLike<T>,
  ): Promise<T> {
    // It may have closed between the slot and this moment.
    if (this.#state === 'closed' || !this.#running.has(item)) throw this.#closedError();
    return fn(item);
  }

  /**
   * Frees the slot when the work has settled. Returns the promise of `run()`. This promise isn't `work` itself: the rejection of `work`
   * counts as handled here, so a caller that forgets to handle it would never be told. This promise settles before the stop of the gate
   * goes on.
   */
  #watch<T>(item: GateItem, work: Promise<T>): Promise<T> {
    const over = (): void => {
      if (!GateItem.isGivenBack(item)) this.#remove(item);
    };
    work.then(over, over);
    return GateItem.setResult(
      item,
      work.then((value) => value),
    );
  }

  get #isFree(): boolean {
    return this.#state === 'open' && this.#running.size < this.#concurrency;
  }

  #giveSlots(): void {
    this.#followRun();
    while (this.#waiting.size > 0 && this.#isFree) {
      const next = this.#nextWaiting.next();
      if (next.done === true) this.#nextWaiting = this.#waiting.entries();
      else {
        const [item, waiter] = next.value;
        this.#waiting.delete(item);
        this.#running.add(item);
        waiter.resolve();
      }
    }
    if (!this.#isFree) return;
    for (const waiter of this.#asking) waiter.resolve();
    this.#asking.clear();
  }

  #remove(item: GateItem): void {
    if (!this.#running.delete(item)) return;
    this.#giveSlots();
    if (this.#running.size === 0) this.#endDrains();
  }

  #refuse(): void {
    this.#setState('closed');
    const error = this.#closedError();
    for (const waiter of [...this.#waiting.values(), ...this.#asking]) waiter.reject(error);
    this.#waiting.clear();
    this.#asking.clear();
  }

  async #drain(context: TriggerContext<StopReason>): Promise<void> {
    const errors: unknown[] = [];
    const empty: Promise<void> = new Promise((resolve) => {
      this.#onEmpty.add(resolve);
    });
    const time = context.remaining();
    const limit = Math.min(this.#drainTimeout, time - Math.min(MAX_RESERVE_MS, time / 5));
    const onTime = (): void => {
      const text = `The gate "${this.#name}" doesn't wait longer than ${String(limit)} ms: end now`;
      this.#giveBack(new TimeoutError(text, limit), (error) => errors.push(error));
    };
    const timer = this.#app?.callLater(limit, onTime, { name: `drain ${this.#name}` });
    const stopListening = listenToAbort(context.signal, () => {
      this.#stopWaiting(abortReason(context.signal));
    });
    await empty;
    timer?.[dispose]();
    stopListening();
    if (errors.length > 1) throw new AggregateError(errors, `The gate "${this.#name}" could not give all work back`);
    if (errors.length > 0) throw errors[0];
  }

  /** Aborts what is running, and gives back what can be. The rest has the time until the limit of the phase. */
  #giveBack(reason: unknown, failed: (error: unknown) => void): void {
    for (const item of this.#running) {
      const over = (): void => {
        this.#remove(item);
      };
      GateItem.giveBack(item, reason, over, failed);
    }
  }

  /** Nobody waits any longer: a limit has passed, the stop was escalated, or the reactor has crashed. What is running goes on after a crash. */
  #stopWaiting(reason: unknown): void {
    if ((reason as Partial<StopReason> | undefined)?.kind !== 'crash') {
      this.#giveBack(reason, (error) => this.#app?.report(error, { kind: 'service', name: this.#name }));
      this.#running.clear();
    }
    this.#endDrains();
  }

  #endDrains(): void {
    for (const resolve of this.#onEmpty) resolve();
    this.#onEmpty.clear();
  }

  /** Follows the run under way. If that is another run than before, after a crash, the gate waits for its start in that run. */
  #followRun(): void {
    const signal = this.#app?.signal;
    if (signal === this.#signal) return;
    this.#signal = signal;
    if (this.#isUsed) this.#setState('idle');
  }

  /** It listens to the signal of the run only while calls may wait for its start: else the signal would keep a gate that was removed. */
  #setState(state: 'idle' | 'open' | 'closed'): void {
    this.#state = state;
    this.#stopListening?.();
    this.#stopListening = undefined;
    if (state === 'idle' && this.#signal !== undefined)
      this.#stopListening = listenToAbort(this.#signal, () => {
        this.#runEnds();
      });
  }

  /** Work must not wait for a gate that will not start any more: the reactor stops, or has stopped already. */
  #runEnds(): void {
    const state = this.#app?.state;
    if (state === 'stopping' || state === 'stopped') this.#refuse();
    else
      void Promise.resolve().then(() => {
        this.#followRun();
      });
  }

  #closedError(): ReactorStoppingError {
    return new ReactorStoppingError(
      `The gate "${this.#name}" has closed, since it is being stopped: give this work back, or name the gate in the needs of the service that calls run()`,
    );
  }

  #fullError(): GateFullError {
    return new GateFullError(
      `The gate "${this.#name}" is full (${this.status()}): wait for free() first, or raise maxWaiting`,
    );
  }
}
