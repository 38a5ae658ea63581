import { fetchGlobals, type ResponseLike, type StreamLike, type StreamReader } from './fetch-types.ts';

/** Whether the answer has no end of its own. */
export function isEventStream({ headers }: ResponseLike): boolean {
  const type = headers.get('content-type');
  return type !== null && /^text\/event-stream\b/i.test(type);
}

/**
 * An event stream that can be ended cleanly from here (N16): its client sees a regular end. The program's own stream is cancelled then, as
 * when its client leaves.
 */
export class EventStream {
  readonly response: ResponseLike;
  readonly #reader: StreamReader;
  readonly #onOver: () => void;
  #isOver = false;

  /** `onOver` is called once, when it has ended. */
  constructor(response: ResponseLike, body: StreamLike, onOver: () => void) {
    const { status, statusText, headers } = response;
    this.#onOver = onOver;
    this.#reader = body.getReader();
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

  /** Ends it: a read that waits gets the end. A second call does nothing. */
  end(): void {
    if (this.#isOver) return;
    this.#reader.cancel().catch(ignore); // the program's own `cancel` may fail
    this.#over();
  }

  async #next(): Promise<{ readonly done: boolean; readonly value?: unknown }> {
    try {
      const next = await this.#reader.read();
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
