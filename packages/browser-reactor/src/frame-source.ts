import type { BrowserFunctions } from './browser-host.ts';
import { FrameRequester, type FrameGiver } from './frame-giver.ts';
import { pageHandle, type PageHandle } from './page-handle.ts';

/** Who may want animation frames. */
export interface FrameTaker {
  readonly wantsFrame: boolean;
  /** Called in each frame, also in one that only another taker wanted. */
  onFrame(time: number, native: unknown): void;
  /** The frame that was requested has not come: {@link FrameSource.comes} is false from now on, until one comes (B16). */
  onStall?(): void;
  /** Frames come from another source from now on, whose timestamps may have another origin (B26). */
  onSwitch?(): void;
}

/** What a {@link FrameSource} needs of its reactor. */
interface FrameSourceOptions {
  readonly host: BrowserFunctions | undefined;
  readonly now: () => number;
  /** Calls `callback` once, after `ms`. Returns a function that cancels it. */
  readonly delay: (ms: number, callback: () => void) => () => void;
  /** Milliseconds that a requested frame may take (B16). */
  readonly stallMs: number;
}

/**
 * The animation frames of a reactor: one native request at most, and none while nobody wants one or nobody sees the page (B1, B5).
 *
 * Browsers give no frames to a page that they don't render, although it counts as visible. So one timer of `stallMs` watches the request
 * (B16). A request sets it unless it is set already, and frames do not clear it: with a `stallMs` of 200 it is set five times a second, not
 * once for each of 60 frames. While frames are stalled the request stays outstanding, since the frame that comes ends the stall.
 */
export class FrameSource {
  readonly #options: FrameSourceOptions;
  readonly #takers: FrameTaker[] = [];
  /** Of the window, or the worker; undefined where there are no frames. */
  #own: FrameRequester | undefined;
  /** Where frames come from: `#own`, or the source that `use` was given. */
  #current: FrameRequester | undefined;
  #requestedAt = 0;
  #cancelWatch: (() => void) | undefined;
  #isStalled = false;
  #hidden = false;

  constructor(options: FrameSourceOptions) {
    this.#options = options;
    const { requestAnimationFrame, cancelAnimationFrame } = options.host ?? {};
    if (requestAnimationFrame !== undefined)
      this.#own = new FrameRequester(
        { requestAnimationFrame, ...(cancelAnimationFrame && { cancelAnimationFrame }) },
        this.#onFrame,
        () => {
          this.#own = undefined; // a worker that no page owns has the function, and throws NotSupportedError
        },
      );
    this.#current = this.#own;
  }

  /** Frames will come when they are asked for. */
  get comes(): boolean {
    return this.#mayAsk && !this.#isStalled;
  }

  /** In each frame takers are called in the order in which they were added. */
  add(taker: FrameTaker): void {
    this.#takers.push(taker);
  }

  /** Takes frames from another source until it ends, or the handle is removed; then from the window again (B26). */
  use(giver: FrameGiver): PageHandle {
    const requester: FrameRequester = new FrameRequester(giver, this.#onFrame, () => {
      handle.remove();
    });
    const handle = pageHandle(() => {
      this.#switch(requester, this.#own);
    });
    requester.listen();
    this.#switch(this.#current, requester);
    return handle;
  }

  /** Takes frames from the window again. */
  useOwn(): void {
    if (this.#isOther) this.#current?.end();
  }

  /** While the page is hidden no frame is asked for: Firefox would still give it. Ends a stall, and the watch. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#isStalled = false;
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
    this.#cancel();
    this.update();
  }

  /** Asks for a frame if a taker wants one now; else takes the request back. */
  update(): void {
    if (this.#mayAsk && (this.#isStalled || this.#takers.some(({ wantsFrame }) => wantsFrame))) this.#request();
    else this.#cancel();
  }

  /** Whether there is a source that may be asked for frames now. */
  get #mayAsk(): boolean {
    return this.#current !== undefined && (!this.#hidden || this.#isOther);
  }

  /** Whether frames come from a source that `use` was given. It gives frames while the page is hidden, too (B26). */
  get #isOther(): boolean {
    return this.#current !== this.#own;
  }

  #switch(from: FrameRequester | undefined, to: FrameRequester | undefined): void {
    if (from !== this.#current) return; // it was replaced before
    if (this.#isOther) from?.release();
    this.#cancel();
    this.#current = to;
    this.#isStalled = false;
    for (const taker of this.#takers) taker.onSwitch?.();
    this.update();
  }

  #request(): void {
    const { now, stallMs } = this.#options;
    const requester = this.#current;
    if (requester === undefined || requester.isOutstanding) return;
    if (!requester.ask()) {
      requester.end();
      if (requester === this.#current) this.#current = undefined; // it was the window's own source, and there is no other
      return;
    }
    this.#requestedAt = now();
    if (this.#cancelWatch === undefined) this.#watch(stallMs);
  }

  #cancel(): void {
    this.#current?.cancel();
  }

  #watch(ms: number): void {
    this.#cancelWatch = this.#options.delay(ms, this.#onWatch);
  }

  readonly #onFrame = (time: number, native?: unknown): void => {
    this.#isStalled = false;
    const source = this.#current;
    const at = Number.isFinite(time) ? time : this.#options.now(); // a source without types may pass anything
    for (const taker of this.#takers) {
      taker.onFrame(at, native);
      if (this.#current !== source) break; // a taker has changed the source: the others wait for its frame
    }
    this.update();
  };

  readonly #onWatch = (): void => {
    this.#cancelWatch = undefined;
    const requester = this.#current;
    if (requester?.isOutstanding !== true || this.#isStalled) return;
    if (requester.isClosed) {
      requester.end();
      return;
    }
    const left = this.#requestedAt + this.#options.stallMs - this.#options.now();
    if (left > 0) {
      this.#watch(Math.ceil(left));
      return;
    }
    this.#isStalled = true;
    for (const taker of this.#takers) taker.onStall?.();
  };
}
