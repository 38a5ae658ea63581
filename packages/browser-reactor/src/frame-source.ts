import type { BrowserFunctions } from './browser-host.ts';

/** Who may want animation frames. */
export interface FrameTaker {
  readonly wantsFrame: boolean;
  /** Hears of those that others wanted, too. */
  onFrame(time: number): void;
  /** The frame that was requested has not come: {@link FrameSource.comes} is false from now on, until one comes (B16). */
  onStall?(): void;
}

/** What a {@link FrameSource} needs of its reactor. */
interface FrameSourceOptions {
  readonly host: BrowserFunctions | undefined;
  readonly now: () => number;
  /** Calls back once, after `ms`; returns the cancel of that. */
  readonly delay: (ms: number, callback: () => void) => () => void;
  /** Milliseconds that a requested frame may take (B16). */
  readonly stallMs: number;
}

/**
 * The animation frames of a reactor: one native request at most, and none while nobody wants one or nobody sees the page (B1, B5).
 *
 * Browsers give no frames to a page that they don't render, although it counts as visible. So one timer watches the request (B16). It is set
 * with a request when none is set, and is not cleared by frames: a page with 60 frames a second sets it five times a second. While frames
 * are stalled the request stays outstanding, since the frame that comes ends the stall.
 */
export class FrameSource {
  readonly #options: FrameSourceOptions;
  readonly #takers: FrameTaker[] = [];
  #handle: number | undefined;
  #requestedAt = 0;
  #cancelWatch: (() => void) | undefined;
  #isStalled = false;
  #hidden = false;
  #isRefused = false;

  constructor(options: FrameSourceOptions) {
    this.#options = options;
  }

  /** Frames will come when they are asked for. */
  get comes(): boolean {
    return this.#isThere && !this.#isStalled;
  }

  /** In the order of their turns within a frame. */
  add(taker: FrameTaker): void {
    this.#takers.push(taker);
  }

  /** While the page is hidden no frame is asked for, since Firefox gives them all the same. Ends a stall, and the watch. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#isStalled = false;
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
    this.#cancel();
    this.update();
  }

  /** What somebody wants may have changed. */
  update(): void {
    if (this.#isThere && (this.#isStalled || this.#takers.some(({ wantsFrame }) => wantsFrame))) this.#request();
    else this.#cancel();
  }

  get #isThere(): boolean {
    return !this.#hidden && !this.#isRefused && this.#options.host?.requestAnimationFrame !== undefined;
  }

  #request(): void {
    if (this.#handle !== undefined) return;
    const { host, now, stallMs } = this.#options;
    try {
      this.#handle = host?.requestAnimationFrame?.(this.#onFrame);
    } catch {
      this.#isRefused = true; // a worker that no page owns has the function, and throws NotSupportedError
      return;
    }
    this.#requestedAt = now();
    if (this.#cancelWatch === undefined) this.#watch(stallMs);
  }

  #cancel(): void {
    if (this.#handle === undefined) return;
    this.#options.host?.cancelAnimationFrame?.(this.#handle);
    this.#handle = undefined;
  }

  #watch(ms: number): void {
    this.#cancelWatch = this.#options.delay(ms, this.#onWatch);
  }

  readonly #onFrame = (time: number): void => {
    this.#handle = undefined;
    this.#isStalled = false;
    for (const taker of this.#takers) taker.onFrame(time);
    this.update();
  };

  readonly #onWatch = (): void => {
    this.#cancelWatch = undefined;
    if (this.#handle === undefined || this.#isStalled) return;
    const left = this.#requestedAt + this.#options.stallMs - this.#options.now();
    if (left > 0) {
      this.#watch(Math.ceil(left));
      return;
    }
    this.#isStalled = true;
    for (const taker of this.#takers) taker.onStall?.();
  };
}
