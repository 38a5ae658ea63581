import { fetchGlobals, type RequestLike, type StreamLike, type StreamReader } from './fetch-types.ts';

/** How many bytes of the bodies of all held requests may be in memory together. */
const MAX_BYTES = 16 * 1_024 * 1_024;

/** The bytes that bodies of held requests take. */
export class BodyBudget {
  left: number = MAX_BYTES;
}

/** The body of a request that is held: it is read meanwhile, since a host may lose it when the listener closes. */
export class HeldBody {
  readonly #request: RequestLike;
  readonly #reader: StreamReader;
  readonly #budget: BodyBudget;
  readonly #chunks: Uint8Array[] = [];
  #state: 'coming' | 'complete' | 'failed' = 'coming';
  #error: unknown;
  #isTaken = false;
  #reading: Promise<void> | undefined;

  constructor(request: RequestLike, reader: StreamReader, budget: BodyBudget) {
    this.#request = request;
    this.#reader = reader;
    this.#budget = budget;
    void this.#fill();
  }

  /** More of it is to come. */
  get isComing(): boolean {
    return this.#state === 'coming';
  }

  /** The same request with the body as far as it has been read, followed by what is still to come. `onEnd`: all of it has come. */
  take(onEnd: () => void): RequestLike {
    this.#isTaken = true;
    for (const { length } of this.#chunks) this.#budget.left += length;
    const { url, method, headers } = this.#request;
    const body = this.#state === 'complete' ? joined(this.#chunks) : this.#rest(onEnd);
    if (this.#state !== 'coming') onEnd();
    return new fetchGlobals.Request(url, { method, headers, body, duplex: 'half' });
  }

  async #fill(): Promise<void> {
    while (this.#state === 'coming' && !this.#isTaken && this.#budget.left > 0) await this.#readNext();
  }

  /** One chunk. Whoever calls it while one is being read waits for the same. */
  #readNext(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const { done, value } = await this.#reader.read();
      const chunk = value as Uint8Array | undefined; // as: bodies have bytes
      if (done) this.#state = 'complete';
      if (chunk === undefined) return;
      this.#chunks.push(chunk);
      if (!this.#isTaken) this.#budget.left -= chunk.length;
    } catch (error) {
      this.#state = 'failed'; // its client has gone
      this.#error = error;
    }
  }

  #rest(onEnd: () => void): StreamLike {
    return new fetchGlobals.ReadableStream(
      {
        pull: async (controller) => {
          while (this.#chunks.length === 0 && this.#state === 'coming') await this.#readNext();
          const chunk = this.#chunks.shift();
          if (chunk !== undefined) {
            controller.enqueue(chunk);
            return;
          }
          onEnd();
          if (this.#state === 'failed') throw this.#error;
          controller.close();
        },
        cancel: (reason) => {
          onEnd();
          return this.#reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
