import type { BrowserFunctions } from './browser-host.ts';

/** Who may want animation frames. */
export interface FrameTaker {
  readonly wantsFrame: boolean;
  /** Hears of those that others wanted, too. */
  onFrame(time: number): void;
}

/** The animation frames of a reactor: one native request at most, and none while nobody wants one or nobody sees the page (B1, B5). */
export class FrameSource {
  readonly #host: BrowserFunctions | undefined;
  readonly #takers: FrameTaker[] = [];
  #handle: number | undefined;
  #hidden = false;
  #isRefused = false;

  constructor(host: BrowserFunctions | undefined) {
    this.#host = host;
  }

  /** Frames will come when they are asked for. */
  get comes(): boolean {
    return !this.#hidden && !this.#isRefused && this.#host?.requestAnimationFrame !== undefined;
  }

  /** In the order of their turns within a frame. */
  add(taker: FrameTaker): void {
    this.#takers.push(taker);
  }

  /** While the page is hidden no frame is asked for, since Firefox gives them all the same. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.update();
  }

  /** What somebody wants may have changed. */
  update(): void {
    if (this.comes && this.#takers.some(({ wantsFrame }) => wantsFrame)) {
      try {
        this.#handle ??= this.#host?.requestAnimationFrame?.(this.#onFrame);
      } catch {
        this.#isRefused = true; // a worker that no page owns has the function, and throws NotSupportedError
      }
    } else if (this.#handle !== undefined) {
      this.#host?.cancelAnimationFrame?.(this.#handle);
      this.#handle = undefined;
    }
  }

  readonly #onFrame = (time: number): void => {
    this.#handle = undefined;
    for (const taker of this.#takers) taker.onFrame(time);
    this.update();
  };
}
