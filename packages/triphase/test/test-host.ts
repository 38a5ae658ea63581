import type { FetchAddress, FetchHost, FetchListener, ResponseLike, ServedUpgrade } from '@triphase/core/serving';

type Handle = Parameters<FetchHost['listen']>[1];

/** A fake host: real `Request` and `Response` objects, and no network. The test sends the requests. */
export class TestHost implements FetchHost {
  readonly log: string[] = [];
  readonly losesBodies: boolean;
  /** The error that `listen` throws. */
  failure: Error | undefined;
  /** WebSockets that are open. */
  sockets: ServedUpgrade[] = [];
  /** Requests whose answer is still being sent. */
  readonly sending: Set<object> = new Set();
  /** The calls of `limitSilence`. */
  readonly silence: string[] = [];
  isKubernetes = false;
  #handle: Handle | undefined;
  #underWay = 0;
  #onIdle: (() => void)[] = [];

  constructor({ losesBodies = false } = {}) {
    this.losesBodies = losesBodies;
  }

  listen({ port }: FetchAddress, handle: Handle): FetchListener {
    if (this.failure !== undefined) throw this.failure;
    this.log.push(`listen ${String(port)}`);
    this.#handle = handle;
    return {
      port: port || 4_321,
      hostname: '0.0.0.0',
      stop: () => {
        this.log.push('stop');
        return new Promise<void>((resolve) => {
          this.#onIdle.push(resolve);
          this.#lookIfIdle();
        });
      },
      abort: () => {
        this.log.push('abort');
        this.sockets = [];
        for (const resolve of this.#onIdle) resolve();
        return Promise.resolve();
      },
      upgraded: () => this.sockets,
      underWay: () => this.#underWay,
      hasAnswered: (request) => !this.sending.has(request),
      limitSilence: ({ url }, isLimited) =>
        this.silence.push(`${new URL(url).pathname} ${isLimited ? 'limit' : 'no limit'}`),
    };
  }

  codeOf(error: unknown): string {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }

  isInKubernetes(): boolean {
    return this.isKubernetes;
  }

  /** Sends a request, as a client does. */
  async send(path: string, init?: RequestInit & { readonly duplex?: 'half' }): Promise<Response> {
    if (this.#handle === undefined) throw new Error('ECONNREFUSED');
    const request = new Request(`http://localhost:4321${path}`, init);
    this.#underWay++;
    // as: Node's classes have all of it
    const response = await this.#handle({ request: request, extra: [] });
    this.#underWay--;
    this.#lookIfIdle();
    return response as ResponseLike as Response;
  }

  #lookIfIdle(): void {
    if (this.#underWay === 0 && this.sockets.length === 0) for (const resolve of this.#onIdle) resolve();
  }
}
