import { whenSettled, type AbortSignalLike, type ServiceHost } from '@triphase/core';
import { mayHaveBody, watchBody } from './body-watch.ts';
import { sayClose } from './close-header.ts';
import { EventStream, isEventStream } from './event-stream.ts';
import { FetchExchange, pathOf, type ExchangeShared } from './fetch-exchange.ts';
import type { Incoming } from './fetch-host.ts';
import type { RequestLike, ResponseLike } from './fetch-types.ts';
import { BodyBudget, HeldBody } from './held-body.ts';
import { Intake, RESTARTING } from './intake.ts';
import type { Answer, Probes } from './probes.ts';
import { checkResponse, responseOf } from './response-of.ts';
import type { ServedTraffic, ServedUpgrade } from './served-traffic.ts';

/** What the host gets for a request: undefined where the request has become a WebSocket. */
export type Answered = ResponseLike | undefined;

/** The program's handler, as it is called here. */
export type Handler = (request: RequestLike, ...extra: readonly unknown[]) => Answered | PromiseLike<Answered>;

/** What a {@link FetchTraffic} needs to know. */
export interface TrafficPlan {
  readonly handler: Handler;
  readonly probes: Probes | undefined;
  readonly app: () => ServiceHost | undefined;
  readonly name: string;
  readonly losesBodies: boolean;
  readonly warnsOfSignals: boolean;
  readonly upgrades: boolean;
  readonly upgraded: () => readonly ServedUpgrade[];
  /** Aborts when the client of a request goes away. */
  readonly signalOf: (request: RequestLike) => AbortSignalLike;
  /** Whether the answer to a request has left, where the host has to be asked. */
  readonly hasAnswered: (request: RequestLike) => boolean;
  /** Sets whether the host may close the connection of a request when nothing is sent for long. */
  readonly limitSilence: (request: RequestLike, isLimited: boolean) => void;
}

const STOPPING: Answer = { status: 503, body: 'stopping\n' };
const FAILED: Answer = { status: 500, body: 'Internal Server Error\n' };
/** How many earlier answers are checked with each new one. More than one, so that they are forgotten faster than new ones come. */
const LOOKS = 2;

/** The requests that come to a server of the Fetch standard, and whether they are passed on to the program. */
export class FetchTraffic implements ServedTraffic {
  readonly intake: Intake;
  /** How many requests have come so far. */
  arrived = 0;
  /** `open`: requests are passed on. `held`: they wait. `closing`: they are passed on, and each answer closes its connection. */
  #state: 'open' | 'held' | 'closing' = 'open';
  /** While requests are held. */
  #hold: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  readonly #exchanges: Set<FetchExchange> = new Set();
  /** Those whose answer is being sent, where the host has to be asked whether it has left. */
  readonly #sending: Set<FetchExchange> = new Set();
  readonly #budget: BodyBudget = new BodyBudget();
  readonly #plan: TrafficPlan;
  readonly #refusal = (): ResponseLike => responseOf(STOPPING);
  readonly #shared: ExchangeShared;

  constructor(plan: TrafficPlan) {
    this.#plan = plan;
    this.#shared = {
      onOver: (exchange) => {
        this.#exchanges.delete(exchange);
        this.#sending.delete(exchange);
      },
      refusal: this.#refusal,
      signalOf: plan.signalOf,
    };
    this.intake = new Intake(plan.app);
  }

  get exchanges(): readonly FetchExchange[] {
    this.#forgetSent(Infinity);
    return [...this.#exchanges];
  }

  get upgraded(): readonly ServedUpgrade[] {
    return this.#plan.upgraded();
  }

  /** Requests whose body the host would lose if the listener closed now. */
  get withBodiesComing(): readonly FetchExchange[] {
    return this.exchanges.filter(({ isBodyComing, heldBody }) => isBodyComing || heldBody?.isComing === true);
  }

  /** Those whose clients would send the next request into a closed connection if the listener closed now. */
  get onKeptConnections(): readonly FetchExchange[] {
    return this.exchanges.filter(({ keepsConnection }) => keepsConnection);
  }

  /** Watches its client: a stop doesn't wait for the answer to one that has left. Not where that makes the host print a warning. */
  #follow(exchange: FetchExchange): void {
    if (!this.#plan.warnsOfSignals) exchange.follow();
  }

  /** Requests wait from now on. */
  hold(): void {
    this.#state = 'held';
    for (const exchange of this.#exchanges) this.#follow(exchange);
    if (this.#hold !== undefined) return;
    let end = (): void => undefined;
    const over: Promise<void> = new Promise((resolve) => {
      end = resolve;
    });
    this.#hold = { over, end };
  }

  /** Each answer closes its connection from now on, and what was held is passed on. */
  beginClosing(): void {
    this.#release('closing');
  }

  reopen(): void {
    this.#release('open');
  }

  #release(state: 'open' | 'closing'): void {
    this.#state = state;
    this.#hold?.end();
    this.#hold = undefined;
  }

  /** What the host calls for each request. */
  handle({ request, extra, completed }: Incoming): Answered | Promise<Answered> {
    this.arrived++;
    const { probes, app } = this.#plan;
    const probe = probes?.answer(request.method, pathOf(request.url));
    const exchange = new FetchExchange(request, app()?.now() ?? 0, this.#shared);
    this.#exchanges.add(exchange);
    const run = (): Answered | PromiseLike<Answered> => this.#run(exchange, extra);
    const isOpen = this.#state === 'open' && (probe !== undefined || this.intake.state === 'up');
    if (!isOpen) return this.#settle(exchange, this.#later(exchange, probe, run), completed);
    if (probe === undefined) return this.#settle(exchange, run(), completed);
    return this.#settle(exchange, this.#probed(probe), completed);
  }

  /** Gives the request to the program. */
  #run(exchange: FetchExchange, extra: readonly unknown[]): Answered | PromiseLike<Answered> {
    const { handler, losesBodies } = this.#plan;
    let { request } = exchange;
    exchange.state = 'running';
    if (losesBodies && mayHaveBody(request)) {
      exchange.isBodyComing = true;
      const onEnd = (): void => {
        exchange.isBodyComing = false;
      };
      if (exchange.heldBody === undefined) watchBody(request, onEnd);
      else request = exchange.heldBody.take(onEnd);
      exchange.heldBody = undefined;
    }
    exchange.carry(request);
    try {
      return handler(request, ...extra);
    } catch (error) {
      return this.#failed(exchange, error);
    }
  }

  /** Waits until the request may be passed on, in the async context in which it came (N3). */
  async #later(
    exchange: FetchExchange,
    probe: Answer | Promise<Answer> | undefined,
    run: () => Answered | PromiseLike<Answered>,
  ): Promise<Answered> {
    const { request } = exchange;
    exchange.state = 'waiting';
    const isUpgrade = request.headers.get('upgrade')?.toLowerCase() === 'websocket';
    if (this.#plan.losesBodies && this.#state === 'held' && mayHaveBody(request) && request.body !== null)
      exchange.heldBody = new HeldBody(request, request.body.getReader(), this.#budget);
    await this.#hold?.over;
    if (probe !== undefined) return this.#probed(probe);
    while (this.intake.state === 'restarting') await this.#restarted(exchange);
    if (this.intake.state === 'down') return responseOf(RESTARTING);
    if (isUpgrade && this.#state !== 'open') return this.#refusal();
    // If the request was refused meanwhile, it isn't given to the program, so that the client may safely repeat it (N13).
    return exchange.isWaiting ? run() : this.#refusal();
  }

  /** Resolves when the server is up again; answers 503 if that takes too long. */
  #restarted(exchange: FetchExchange): Promise<void> {
    return new Promise((resolve) => {
      this.intake.add({
        startedAt: exchange.startedAt,
        get isOver() {
          return exchange.state !== 'waiting';
        },
        pass: resolve,
        refuse: () => {
          exchange.answerNow?.(responseOf(RESTARTING));
          resolve();
        },
      });
    });
  }

  async #probed(probe: Answer | Promise<Answer>): Promise<Answered> {
    return responseOf(await probe);
  }

  /** The answer as the host gets it. The first one counts: that of the program, or a refusal. */
  #settle(
    exchange: FetchExchange,
    result: Answered | PromiseLike<Answered>,
    completed: PromiseLike<unknown> | undefined,
  ): Answered | Promise<Answered> {
    let resolve = (_answer: Answered): void => undefined;
    const answer = (response: Answered): void => {
      if (exchange.isPending) resolve(this.#answered(exchange, response, completed));
    };
    const fulfilled = (response: unknown): void => {
      answer(response as Answered); // as: the program may answer with anything
    };
    const rejected = (error: unknown): void => {
      if (exchange.isPending) answer(this.#failed(exchange, error));
      else if (exchange.hasClientLeft) this.#failed(exchange, error);
    };
    if (whenSettled(result, fulfilled, rejected) === undefined)
      return this.#answered(exchange, result as Answered, completed); // as: it is no thenable
    exchange.answerNow = answer;
    if (this.#state !== 'open') this.#follow(exchange);
    this.#plan.limitSilence(exchange.request, false);
    return new Promise((resolveAnswer) => {
      resolve = resolveAnswer;
      if (exchange.hasClientLeft) answer(this.#refusal());
    });
  }

  #answered(exchange: FetchExchange, response: Answered, completed: PromiseLike<unknown> | undefined): Answered {
    exchange.answered();
    if (response === undefined && this.#plan.upgrades) {
      exchange.over();
      return undefined;
    }
    try {
      checkResponse(response);
    } catch (error) {
      return this.#answered(exchange, this.#failed(exchange, error), completed);
    }
    return this.#sent(exchange, response as ResponseLike, completed); // as: it has been looked at
  }

  /** The answer leaves. */
  #sent(exchange: FetchExchange, response: ResponseLike, completed: PromiseLike<unknown> | undefined): ResponseLike {
    const answer = isEventStream(response) ? this.#streamed(exchange, response) : response;
    if (exchange.answerNow !== undefined || exchange.isEventStream)
      this.#plan.limitSilence(exchange.request, !exchange.isEventStream);
    exchange.keepsConnection = this.#state === 'open';
    if (answer === response) this.#overAfter(completed, exchange); // an event stream tells of its end itself
    return exchange.keepsConnection ? answer : sayClose(answer);
  }

  /** The exchange is over when the answer has left. */
  #overAfter(completed: PromiseLike<unknown> | undefined, exchange: FetchExchange): void {
    if (completed === undefined) {
      this.#forgetSent(LOOKS);
      this.#sending.add(exchange);
      return;
    }
    const over = (): void => {
      exchange.over();
    };
    void completed.then(over, over);
  }

  /** Looks at the oldest `count` of those whose answer is being sent. */
  #forgetSent(count: number): void {
    let left = Math.min(count, this.#sending.size); // so that none comes twice: one that is added again is the last of the set
    for (const exchange of this.#sending) {
      if (left-- === 0) break;
      this.#sending.delete(exchange);
      if (this.#plan.hasAnswered(exchange.request)) exchange.over();
      else this.#sending.add(exchange);
    }
  }

  #streamed(exchange: FetchExchange, response: ResponseLike): ResponseLike {
    const { body } = response;
    if (body === null) return response;
    const stream = new EventStream(response, body, () => {
      exchange.over();
    });
    exchange.streams(stream);
    return stream.response;
  }

  /** A handler that throws: the error is reported, and the client is told. */
  #failed(exchange: FetchExchange, error: unknown): ResponseLike {
    const { app, name } = this.#plan;
    const { request } = exchange;
    if (exchange.isReason(error)) return responseOf(FAILED); // its client has gone
    app()?.report(error, { kind: 'service', name: `${name} ${request.method} ${pathOf(request.url)}` });
    return responseOf(FAILED);
  }
}
