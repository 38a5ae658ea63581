import { THROTTLE_MS, type Pace } from './hidden-policy.ts';

interface Wakeup {
  readonly due: number;
  readonly turn: () => void;
}

/** What a {@link WakeupSource} needs of its reactor. */
interface WakeupSourceOptions {
  readonly now: () => number;
  /** Calls `callback` once, after `ms`. Returns a function that cancels it. */
  readonly delay: (ms: number, callback: () => void) => () => void;
}

/**
 * Gives the wakeup for timed calls: by a timer, and while the page is hidden no sooner than in a second, or not at all (B5). Whenever
 * something happens to the page the timer is set anew, by our clock: when a page comes back, its timers in Firefox still wait for the time
 * that was left when it went away (B6).
 */
export class WakeupSource {
  readonly #options: WakeupSourceOptions;
  #pace: Pace = 'visible';
  #wakeup: Wakeup | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: WakeupSourceOptions) {
    this.#options = options;
  }

  /** Runs `turn` once, after `ms`. Returns a function that cancels it. */
  request(ms: number, turn: () => void): () => void {
    const wakeup = { due: this.#options.now() + ms, turn };
    this.#wakeup = wakeup;
    this.#ask(ms);
    return () => {
      if (this.#wakeup === wakeup) this.release();
    };
  }

  /** Sets how wakeups come from now on, and sets the timer anew. */
  setPace(pace: Pace): void {
    this.#pace = pace;
    if (this.#wakeup !== undefined) this.#ask(Math.max(1, Math.ceil(this.#wakeup.due - this.#options.now())));
  }

  /** Leaves nothing in the host. */
  release(): void {
    this.#wakeup = undefined;
    this.#giveBack();
  }

  #ask(ms: number): void {
    this.#giveBack();
    if (this.#pace === 'pause') return;
    const wait = this.#pace === 'throttle' ? Math.max(ms, THROTTLE_MS) : ms;
    this.#cancelTimer = this.#options.delay(wait, this.#onTimer);
  }

  #giveBack(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  readonly #onTimer = (): void => {
    const wakeup = this.#wakeup;
    this.#wakeup = undefined;
    this.#cancelTimer = undefined;
    wakeup?.turn();
  };
}
