/** What gives frames: a window, such as a popup, or a WebXR session (B26). */
export interface FrameGiver {
  /**
   * Calls back once, in its next frame. A call that comes before this function has returned is ignored. `time` is in milliseconds; without a
   * number the time of the reactor counts. `native` is what it passes beside the time: an `XRFrame` in a WebXR session. If this function
   * returns 0 or throws, the source has ended.
   */
  requestAnimationFrame(callback: (time: number, native?: unknown) => void): number;
  /** Given what `requestAnimationFrame` has returned. */
  cancelAnimationFrame?(handle: number): void;
}

/** The events after which a source gives no more frames: of a WebXR session, and of a window that is closed or left. */
const END_EVENTS = ['end', 'pagehide'] as const;

/** A frame that a source was asked for. */
interface PendingFrame {
  /** What `requestAnimationFrame` has returned. */
  handle?: number;
}

/**
 * Asks one source for frames, one at a time; nothing comes once it is released. Each request has a callback of its own, since a source may call
 * back twice, or for a request that was cancelled.
 */
export class FrameRequester {
  readonly #giver: FrameGiver;
  readonly #onFrame: (time: number, native?: unknown) => void;
  readonly #onEnd: () => void;
  #pending: PendingFrame | undefined;

  /** `onEnd` is called when the source tells that it has ended, and by `end()`. */
  constructor(giver: FrameGiver, onFrame: (time: number, native?: unknown) => void, onEnd: () => void) {
    this.#giver = giver;
    this.#onFrame = onFrame;
    this.#onEnd = onEnd;
  }

  get isOutstanding(): boolean {
    return this.#pending !== undefined;
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
    if (this.#pending !== undefined) return true;
    const pending: PendingFrame = {};
    try {
      pending.handle = this.#giver.requestAnimationFrame((time, native) => {
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        this.#onFrame(time, native);
      });
    } catch {
      return false;
    }
    if (pending.handle === 0) return false;
    this.#pending = pending;
    return true;
  }

  end(): void {
    this.#onEnd();
  }

  cancel(): void {
    if (this.#pending === undefined) return;
    const { handle } = this.#pending;
    this.#pending = undefined;
    try {
      if (handle !== undefined) this.#giver.cancelAnimationFrame?.(handle);
    } catch {
      // A window that now shows a page of another site refuses every call.
    }
  }

  /** Removes its listeners from the source, and cancels the frame that it has asked for. */
  release(): void {
    try {
      const { removeEventListener } = this.#giver as Partial<EventTarget>; // as: see above
      for (const type of END_EVENTS) removeEventListener?.call(this.#giver, type, this.#onEnd);
    } catch {
      // As in cancel().
    }
    this.cancel();
  }
}
