import type { BrowserFunctions } from './browser-host.ts';
import type { FrameSource, FrameTaker } from './frame-source.ts';
import { NextMacrotask } from './next-macrotask.ts';
import { THROTTLE_MS, type Pace } from './hidden-policy.ts';

interface Request {
  readonly turn: () => void;
}

/** What a {@link TurnSource} needs of its reactor. */
interface TurnSourceOptions {
  readonly host: BrowserFunctions;
  readonly frames: FrameSource;
  readonly now: () => number;
  /** Calls `callback` once, after `ms`. Returns a function that cancels it. */
  readonly delay: (ms: number, callback: () => void) => () => void;
  readonly messageWindowMs: number;
}

/**
 * Gives turns by animation frames, and between two frames by messages: a frame shows that the page is being painted, so for `messageWindowMs`
 * after it slices may follow one another; then the next frame comes first (B1 to B3). Where the host has no frames there are messages
 * alone. While the page is hidden there are messages, a timer of a second, or nothing (B5).
 *
 * At most one frame, one message and one timer are outstanding, and neither frame nor timer when no turn is wanted.
 */
export class TurnSource implements FrameTaker {
  readonly #options: TurnSourceOptions;
  #request: Request | undefined;
  #pace: Pace = 'visible';
  #lastFrame = -Infinity;
  readonly #nextMacrotask: NextMacrotask;
  #cancelTimer: (() => void) | undefined;

  constructor(options: TurnSourceOptions) {
    this.#options = options;
    this.#nextMacrotask = new NextMacrotask({ ...options, onMacrotask: this.#onMacrotask });
  }

  get wantsFrame(): boolean {
    return this.#request !== undefined;
  }

  /** Runs `turn` once, soon. Returns a function that cancels it. */
  request(turn: () => void): () => void {
    const request = { turn };
    this.#request = request;
    this.#ask();
    return () => {
      if (this.#request !== request) return;
      this.#request = undefined;
      this.#giveBack();
    };
  }

  /** Sets how turns come. A turn that is requested already is requested anew in that way (B5). */
  setPace(pace: Pace): void {
    if (this.#pace === pace) return;
    this.#pace = pace;
    this.#giveBack();
    if (this.wantsFrame) this.#ask();
  }

  onFrame(): void {
    this.#lastFrame = this.#options.now();
    // A frame of another source may come while the page is hidden (B26): then the policy for hidden pages counts.
    if (this.wantsFrame && this.#pace === 'visible') this.#run();
  }

  /** The frame that was to give the turn does not come: a message does (B16). */
  onStall(): void {
    if (this.wantsFrame) this.#ask();
  }

  /** Leaves nothing in the host. */
  release(): void {
    this.#request = undefined;
    this.#giveBack();
    this.#nextMacrotask.release();
  }

  #ask(): void {
    this.#options.frames.update();
    if (this.#mayUseMessages()) this.#nextMacrotask.request();
    else if (this.#pace === 'throttle') this.#cancelTimer ??= this.#options.delay(THROTTLE_MS, this.#onTimer);
  }

  /** Whether a turn may come by a message: before the next frame, or instead of one. */
  #mayUseMessages(): boolean {
    if (this.#pace !== 'visible') return this.#pace === 'run';
    const { frames, now, messageWindowMs } = this.#options;
    return !frames.comes || now() - this.#lastFrame < messageWindowMs;
  }

  /**
   * Takes back the frame and the timer that are requested. A message cannot be taken back: when it comes, it looks whether a turn is still
   * wanted.
   */
  #giveBack(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#options.frames.update();
  }

  readonly #onMacrotask = (): void => {
    // After a long slice the message window is over: then the frame that is asked for gives the turn.
    if (this.#mayUseMessages()) this.#run();
  };

  readonly #onTimer = (): void => {
    this.#cancelTimer = undefined;
    this.#run();
  };

  #run(): void {
    this.#take()?.turn();
    if (!this.wantsFrame) this.#giveBack();
  }

  #take(): Request | undefined {
    const request = this.#request;
    this.#request = undefined;
    return request;
  }
}
