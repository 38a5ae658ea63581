import {
  createAbortController,
  type AbortControllerLike,
  type AbortSignalLike,
  type HostAbortSignal,
} from '@triphase/core';
import type { CutRequest } from './errors.ts';
import type { EventStream } from './event-stream.ts';
import type { RequestLike, ResponseLike } from './fetch-types.ts';
import type { HeldBody } from './held-body.ts';
import type { ServedExchange } from './served-traffic.ts';

/** Where a request keeps its exchange. A property is faster than a `WeakMap`. */
const EXCHANGE: unique symbol = Symbol('triphase.exchange');

/** What all exchanges of a server have in common. */
export interface ExchangeShared {
  /** The answer has left, or its client has gone. */
  readonly onOver: (exchange: FetchExchange) => void;
  /** The answer in place of the program's. */
  readonly refusal: () => ResponseLike;
  /** Aborts when the client of the request goes away. */
  readonly signalOf: (request: RequestLike) => AbortSignalLike;
}

interface Carrier {
  [EXCHANGE]?: FetchExchange;
}

/** The signal of a request that a service of this module has passed on to the program. */
export function fetchSignalOf(request: object): HostAbortSignal | undefined {
  return (request as Carrier)[EXCHANGE]?.signal; // as: any object may be asked
}

/**
 * One request and its answer.
 *
 *     waiting ─► running ─► answered ─► over
 */
export class FetchExchange implements ServedExchange {
  readonly request: RequestLike;
  readonly startedAt: number;
  state: 'waiting' | 'running' | 'answered' | 'over' = 'running';
  /** While the request is held, on hosts that lose bodies. */
  heldBody: HeldBody | undefined;
  /** The request was given to the program, which may not have read the body to its end yet. */
  isBodyComing = false;
  /** The client has gone, and there was no answer yet. */
  hasClientLeft = false;
  /** The head of its answer has left without `Connection: close`: its client may send the next request when the answer ends. */
  keepsConnection = false;
  /** Answers in place of the program. Undefined if the program has answered at once. */
  answerNow: ((response: ResponseLike) => void) | undefined;
  #stream: EventStream | undefined;
  readonly #shared: ExchangeShared;
  #controller: AbortControllerLike | undefined;
  /** The client's signal, once it is followed. */
  #followed: { readonly signal: AbortSignalLike; readonly onAbort: () => void } | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(request: RequestLike, startedAt: number, shared: ExchangeShared) {
    this.request = request;
    this.startedAt = startedAt;
    this.#shared = shared;
  }

  /** `requestSignal()` finds it by this request. */
  carry(request: RequestLike): void {
    (request as Carrier)[EXCHANGE] = this;
  }

  get isWaiting(): boolean {
    return this.state === 'waiting';
  }

  /** There is no answer yet. */
  get isPending(): boolean {
    return this.state === 'waiting' || this.state === 'running';
  }

  get isEventStream(): boolean {
    return this.#stream !== undefined;
  }

  /** Aborts when the request is cut (N17), or when its client goes away before there is an answer. Made when it is first asked for. */
  get signal(): HostAbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    this.#controller = createAbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    else this.follow();
    return this.#controller.signal;
  }

  /** Watches the client: when it goes away, nobody waits for the answer. Called only where needed: a signal for each request costs time. */
  follow(): void {
    if (this.#followed !== undefined || !this.isPending) return;
    const signal = this.#shared.signalOf(this.request);
    const onAbort = (): void => {
      this.abort(signal.reason);
      this.hasClientLeft = true;
      this.answerNow?.(this.#shared.refusal()); // Deno waits for it
    };
    this.#followed = { signal, onAbort };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  }

  /** There is an answer. From now on the host's signal is not followed: Deno aborts it after each answer. */
  answered(): void {
    this.state = 'answered';
    this.isBodyComing = false;
    this.#followed?.signal.removeEventListener('abort', this.#followed.onAbort);
  }

  /** Whether the handler threw only the reason with which its signal has aborted. */
  isReason(error: unknown): boolean {
    return this.#aborted !== undefined && this.#aborted.reason === error;
  }

  /** Its answer is an event stream. */
  streams(stream: EventStream): void {
    this.#stream = stream;
  }

  /** The answer has left, or its client has gone. */
  over(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.isBodyComing = false;
    this.#shared.onOver(this);
  }

  endEventStream(): void {
    this.#stream?.end();
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }

  /** Answers 503 if there is no answer yet. An answer that is being sent goes on, unless it is an event stream. */
  destroy(): void {
    this.#stream?.end();
    this.answerNow?.(this.#shared.refusal());
  }

  describe(now: number): CutRequest {
    const { method, url } = this.request;
    return { method, path: pathOf(url), age: now - this.startedAt };
  }
}

/** Path and query of a URL: `http://host:80/a?b` gives `/a?b`. */
export function pathOf(url: string): string {
  const path = url.indexOf('/', url.indexOf('://') + 3);
  return path < 0 ? '/' : url.slice(path);
}
