import type { ServiceHost } from '@triphase/core';
import type { Answer } from './probes.ts';
import { MAX_WAIT_MS, WaitingRequests, type WaitingRequest } from './waiting-requests.ts';

/** What a request gets in place of an answer of the program while what the server needs is down (C60). */
export const RESTARTING: Answer = { status: 503, body: 'restarting\n', retryAfter: MAX_WAIT_MS / 1_000 };

/**
 * Whether the program can take requests, and those that wait for that (C60).
 *
 *     up ◄─► restarting ─► down
 *
 * `restarting`: requests wait. `down`: they are refused, since the program can't take any more in this run.
 */
export class Intake {
  #state: 'up' | 'restarting' | 'down' = 'up';
  readonly #waiting: WaitingRequests = new WaitingRequests();
  readonly #app: () => ServiceHost | undefined;

  constructor(app: () => ServiceHost | undefined) {
    this.#app = app;
  }

  /** Whether requests are passed on, wait, or are refused. */
  get state(): 'up' | 'restarting' | 'down' {
    return this.#state;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Requests wait from now on, 5 s at most. */
  beginRestart(): void {
    this.#state = 'restarting';
  }

  /** The program can take requests: those that wait are passed on. */
  endRestart(): void {
    this.#state = 'up';
    this.#waiting.passAll();
  }

  /** The program will not take requests any more: they are refused. */
  giveUpRestart(): void {
    this.#state = 'down';
    this.#waiting.refuseAll();
  }

  /** A request waits; then its `pass` is called, or its `refuse`. */
  add(request: WaitingRequest): void {
    const app = this.#app();
    if (app === undefined || this.#state === 'down') request.refuse();
    else this.#waiting.add(request, app);
  }
}
