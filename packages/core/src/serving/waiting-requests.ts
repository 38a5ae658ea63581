import type { ServiceHost } from '@triphase/core';

/** How long a request waits for a server that is being restarted. Milliseconds. */
export const MAX_WAIT_MS = 5_000;

/** How many may wait: each holds its connection, its head and the first kilobytes of its body in memory. */
const MAX_WAITING = 1_000;

/** A request, or a request for an upgrade, that has arrived while the server was being restarted. */
export interface WaitingRequest {
  /** When it arrived, on the clock of the reactor. */
  readonly startedAt: number;
  /** Its client has gone. */
  readonly isOver: boolean;
  /** Gives it to the program. */
  pass(): void;
  /** Answers it with 503. */
  refuse(): void;
}

/** The requests that wait until the server is up again, the oldest first (C60). */
export class WaitingRequests {
  #requests: Set<WaitingRequest> = new Set();
  #limit: Disposable | undefined;

  get size(): number {
    return this.#requests.size;
  }

  /** Refuses the request at once if the maximum number waits already. */
  add(request: WaitingRequest, app: ServiceHost): void {
    if (this.#requests.size >= MAX_WAITING) this.#forgetThoseWhoLeft();
    if (this.#requests.size >= MAX_WAITING) request.refuse();
    else this.#requests.add(request);
    this.#watchTime(app);
  }

  passAll(): void {
    for (const request of this.#takeAll()) request.pass();
  }

  refuseAll(): void {
    for (const request of this.#takeAll()) request.refuse();
  }

  #takeAll(): Iterable<WaitingRequest> {
    const requests = this.#requests;
    this.#requests = new Set();
    this.#limit?.[Symbol.dispose]();
    this.#limit = undefined;
    return requests;
  }

  #forgetThoseWhoLeft(): void {
    for (const request of this.#requests) if (request.isOver) this.#requests.delete(request);
  }

  /** One timer, for the oldest. */
  #watchTime(app: ServiceHost): void {
    const [oldest] = this.#requests;
    if (this.#limit !== undefined || oldest === undefined) return;
    const left = Math.max(0, oldest.startedAt + MAX_WAIT_MS - app.now());
    const onTime = (): void => {
      this.#limit = undefined;
      this.#refuseOld(app);
    };
    this.#limit = app.callLater(left, onTime, { name: 'requests that wait for a restart' });
  }

  #refuseOld(app: ServiceHost): void {
    for (const request of this.#requests) {
      if (app.now() < request.startedAt + MAX_WAIT_MS) break;
      this.#requests.delete(request);
      request.refuse();
    }
    this.#watchTime(app);
  }
}
