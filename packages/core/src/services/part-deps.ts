import type { ContextRunner, FiringDeps } from '../events/firing-deps.ts';
import type { StopReason } from '../ground/host.ts';
import type { Observer } from '../ground/observer.ts';

/** The deps of a firing that stops or starts a part of the services. Its observer is told why (C60). */
export class PartDeps implements FiringDeps {
  readonly now: FiringDeps['now'];
  readonly after: FiringDeps['after'];
  readonly debug: boolean;
  readonly #deps: FiringDeps;
  readonly #reason: StopReason;

  constructor(deps: FiringDeps, reason: StopReason) {
    this.now = deps.now;
    this.after = deps.after;
    this.debug = deps.debug;
    this.#deps = deps;
    this.#reason = reason;
  }

  get observer(): Observer | undefined {
    return this.#deps.observer;
  }

  soon(fn: () => void): void {
    this.#deps.soon(fn);
  }

  captureContext(): ContextRunner | undefined {
    return this.#deps.captureContext();
  }

  report(): void {
    // The part decides for each service whether its error is reported: one that is restarted is only logged (C59).
  }

  notify<K extends keyof Observer>(method: K, ...args: Parameters<NonNullable<Observer[K]>>): void {
    const [step, observed] = args as unknown as [string, object]; // as: a firing calls only methods with these two
    this.#deps.notify(method, ...([step, { ...observed, reason: this.#reason }] as unknown as typeof args)); // as: see above
  }
}
