/** What gives frames: a window, such as a popup, or a WebXR session (B26). */
export interface FrameGiver {
  /** Calls back once, in its next frame. `native` is what it passes beside the time: an `XRFrame` in a WebXR session. */
  requestAnimationFrame(callback: (time: number, native?: unknown) => void): number;
  /** Given what `requestAnimationFrame` has returned. */
  cancelAnimationFrame?(handle: number): void;
}

/** The events after which a source gives no more frames: of a WebXR session, and of a window that is closed or left. */
const END_EVENTS = ['end', 'pagehide'] as const;

/** Asks one source for frames, one at a time; nothing comes once it is released. */
export class FrameRequest {
  readonly #giver: FrameGiver;
  readonly #onFrame: (time: number, native?: unknown) => void;
  readonly #onEnd: () => void;
  #handle: number | undefined;

  /** `onEnd` is called when the source tells that it has ended, and by `end()`. */
  constructor(giver: FrameGiver, onFrame: (time: number, native?: unknown) => void, onEnd: () => void) {
    this.#giver = giver;
    this.#onFrame = onFrame;
    this.#onEnd = onEnd;
  }

  get isOutstanding(): boolean {
    return this.#handle !== undefined;
  }

  /** A window that is closed gives no more frames, and may not have told so. */
  get isClosed(): boolean {
    return (this.#giver as { readonly closed?: unknown }).closed === true; // as: only windows have it
  }

  listen(): void {
    const { addEventListener } = this.#giver as Partial<EventTarget>; // as: whatever gives frames may be one
    for (const type of END_EVENTS) addEventListener?.call(this.#giver, type, this.#onEnd);
  }

  /** Returns `false` if the source gives no more frames: a WebXR session that has ended throws, or returns 0. */
  ask(): boolean {
    try {
      this.#handle ??= this.#giver.requestAnimationFrame(this.#callback);
    } catch {
      return false;
    }
    return this.#handle !== 0;
  }

  end(): void {
    this.#onEnd();
  }

  cancel(): void {
    if (this.#handle === undefined) return;
    const handle = this.#handle;
    this.#handle = undefined;
    try {
      this.#giver.cancelAnimationFrame?.(handle);
    } catch {
      // A window that shows a page of another site now refuses everything.
    }
  }

  /** Nothing of it is left in the source. */
  release(): void {
    try {
      const { removeEventListener } = this.#giver as Partial<EventTarget>; // as: see above
      for (const type of END_EVENTS) removeEventListener?.call(this.#giver, type, this.#onEnd);
    } catch {
      // As in cancel().
    }
    this.cancel();
  }

  /** A source without `cancelAnimationFrame` calls back for what is cancelled, too. */
  readonly #callback = (time: number, native?: unknown): void => {
    if (this.#handle === undefined) return;
    this.#handle = undefined;
    this.#onFrame(time, native);
  };
}
