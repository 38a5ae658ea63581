import type { FiringReport, ReactorState } from '@triphase/core';

/** The reactor that reloads. */
interface Reloading {
  state(): ReactorState;
  readonly startupReport: Promise<unknown> | undefined;
  /** Fires `reload`. */
  fire(detail: unknown): Promise<FiringReport>;
  /** Calls `fireAll`, whose promise is pending until all firings are over. */
  announce(fireAll: () => Promise<void>): void;
}

/**
 * The reloads that signals have asked for in one run (N20): those that come while one is under way, or while the reactor is starting, make one
 * firing, with the newest detail. None begins once the reactor is stopping.
 */
export class ReloadRequests {
  readonly #reactor: Reloading;
  #next: { readonly detail: unknown } | undefined;
  #isUnderWay = false;

  constructor(reactor: Reloading) {
    this.#reactor = reactor;
  }

  /** A signal asks for a reload. */
  add(detail: unknown): void {
    this.#next = { detail };
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    // During a start the reload waits for its end: until then services are still reading their settings.
    if (this.#reactor.state() === 'starting') void this.#reactor.startupReport?.then(this.#begin);
    else this.#begin();
  }

  readonly #begin = (): void => {
    this.#reactor.announce(async () => {
      for (let next = this.#take(); next !== undefined; next = this.#take()) await this.#reactor.fire(next.detail);
    });
  };

  /** The next one that is to be fired. */
  #take(): { readonly detail: unknown } | undefined {
    const next = this.#reactor.state() === 'running' ? this.#next : undefined;
    this.#next = undefined;
    this.#isUnderWay = next !== undefined;
    return next;
  }
}
