import { fetchGlobals, type ResponseLike, type StreamLike, type StreamReader } from './fetch-types.ts';

/** Whether the answer has no end of its own. */
export function isEventStream({ headers }: ResponseLike): boolean {
  const type = headers.get('content-type');
  return type !== null && /^text\/event-stream\b/i.test(type);
}

/** An event stream that can be ended in order from here (N16). The program's own stream is cancelled then, as when its client leaves. */
export class EventStream {
  readonly response: ResponseLike;
  readonly #reader: StreamReader;
  readonly #onOver: () => void;
  #end: (result: { readonly done: true }) => void = () => undefined;
  readonly #ended: Promise<{ readonly done: true; readonly value?: unknown }>;
  #isOver = false;

  /** `onOver` is called once when it has ended, by whoever. */
  constructor(response: ResponseLike, body: StreamLike, onOver: () => void) {
    const { status, statusText, headers } = response;
    this.#onOver = onOver;
    this.#reader = body.getReader();
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const stream = new fetchGlobals.ReadableStream(
      {
        pull: async (controller) => {
          const { done, value } = await this.#next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => {
          this.#over();
          return this.#reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    this.response = new fetchGlobals.Response(stream, { status, statusText, headers });
  }

  /** Ends it. A second call does nothing. */
  end(): void {
    if (this.#isOver) return;
    this.#end({ done: true });
    this.#reader.cancel().catch(ignore); // the program's own `cancel` may fail
    this.#over();
  }

  async #next(): Promise<{ readonly done: boolean; readonly value?: unknown }> {
    try {
      const next = await Promise.race([this.#reader.read(), this.#ended]);
      if (next.done) this.#over();
      return next;
    } catch (error) {
      this.#over();
      throw error;
    }
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onOver();
  }
}

function ignore(): void {
  return;
}
