import type { BrowserFunctions } from './browser-host.ts';

interface Request {
  readonly turn: () => void;
}

/**
 * Gives turns by animation frames, and between two frames by messages: a frame shows that the page is being painted, so for `gateMs`
 * after it slices may follow one another; then the next frame comes first (B1 to B3). Where no frame will come, because the page is
 * hidden or the host has none, there are messages alone.
 *
 * At most one frame and one message are outstanding, and no frame when no turn is wanted.
 */
export class TurnSource {
  readonly #host: BrowserFunctions;
  readonly #now: () => number;
  readonly #gateMs: number;
  #request: Request | undefined;
  #frame: number | undefined;
  #lastFrame = -Infinity;
  #channel: MessageChannel | undefined;
  #isPosted = false;

  constructor(host: BrowserFunctions, now: () => number, gateMs: number) {
    this.#host = host;
    this.#now = now;
    this.#gateMs = gateMs;
  }

  /** Runs `turn` once, soon; returns the cancel of that. */
  request(turn: () => void): () => void {
    const request = { turn };
    this.#request = request;
    this.#ask();
    return () => {
      if (this.#request !== request) return;
      this.#request = undefined;
      this.#cancelFrame();
    };
  }

  /** The page is hidden or shown: what was asked of frames is asked of messages, or the other way round (B5). */
  visibilityChanged(): void {
    if (!this.#framesCome()) this.#cancelFrame();
    if (this.#request !== undefined) this.#ask();
  }

  /** Leaves nothing in the host. */
  release(): void {
    this.#cancelFrame();
    this.#channel?.port1.close();
    this.#channel = undefined;
    this.#isPosted = false;
  }

  #ask(): void {
    if (this.#framesCome()) this.#frame ??= this.#host.requestAnimationFrame?.(this.#onFrame);
    if (this.#isOpen()) this.#post();
  }

  #framesCome(): boolean {
    const { requestAnimationFrame, document } = this.#host;
    return requestAnimationFrame !== undefined && document?.visibilityState !== 'hidden';
  }

  /** Whether a turn may come before the next frame. */
  #isOpen(): boolean {
    return !this.#framesCome() || this.#now() - this.#lastFrame < this.#gateMs;
  }

  #post(): void {
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.#channel ??= this.#openChannel();
    this.#channel.port2.postMessage(undefined);
  }

  /** Opened at the first message, since most pages live by frames alone. */
  #openChannel(): MessageChannel {
    const channel = new this.#host.MessageChannel();
    channel.port1.onmessage = this.#onMessage;
    return channel;
  }

  #cancelFrame(): void {
    if (this.#frame === undefined) return;
    this.#host.cancelAnimationFrame?.(this.#frame);
    this.#frame = undefined;
  }

  readonly #onFrame = (): void => {
    this.#frame = undefined;
    this.#lastFrame = this.#now();
    this.#run();
  };

  readonly #onMessage = (): void => {
    this.#isPosted = false;
    // A long slice outlives the gate: then the frame that is asked for gives the turn.
    if (this.#isOpen()) this.#run();
  };

  #run(): void {
    this.#take()?.turn();
    if (this.#request === undefined) this.#cancelFrame();
  }

  #take(): Request | undefined {
    const request = this.#request;
    this.#request = undefined;
    return request;
  }
}
