import type { ErrorSource } from '@triphase/core';
import type { BrowserFunctions } from './browser-host.ts';

interface Request {
  readonly fn: (left: () => number) => void;
}

/** What an {@link IdleSource} needs of its reactor. */
interface IdleSourceOptions {
  readonly host: BrowserFunctions;
  readonly report: (error: unknown, source: ErrorSource) => void;
}

/** Gives the time that the page has to spare (B24): one native request at most, and none while the reactor doesn't run or is paused (B5). */
export class IdleSource {
  readonly #options: IdleSourceOptions;
  readonly #requests: Set<Request> = new Set();
  #handle: number | undefined;
  #isOpen = false;

  constructor(options: IdleSourceOptions) {
    this.#options = options;
  }

  /** Calls `fn` once, when the page is idle. Returns a function that cancels it; undefined where the host doesn't tell when it is idle. */
  request(fn: (left: () => number) => void): (() => void) | undefined {
    if (this.#options.host.requestIdleCallback === undefined) return undefined;
    const request = { fn };
    this.#requests.add(request);
    this.#update();
    return () => {
      this.#requests.delete(request);
      this.#update();
    };
  }

  /** While it is closed, requests wait until it is opened. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#update();
  }

  #update(): void {
    const { requestIdleCallback, cancelIdleCallback } = this.#options.host;
    if (this.#isOpen && this.#requests.size > 0) this.#handle ??= requestIdleCallback?.(this.#onIdle);
    else if (this.#handle !== undefined) {
      cancelIdleCallback?.(this.#handle);
      this.#handle = undefined;
    }
  }

  readonly #onIdle = (deadline: { timeRemaining(): number }): void => {
    this.#handle = undefined;
    if (!this.#isOpen) return; // where it can't be cancelled
    for (const request of [...this.#requests]) {
      if (!this.#requests.delete(request)) continue; // cancelled by another one
      try {
        request.fn(() => deadline.timeRemaining());
      } catch (error) {
        this.#options.report(error, { kind: 'call', name: request.fn.name || 'callWhenIdle' });
      }
    }
    // Asks for the next idle time only now, after the page's own idle callbacks were requested: so those come first.
    this.#update();
  };
}
