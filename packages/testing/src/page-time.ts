import type { fakeHostParts } from './fake-host.ts';

/** What the user sees of a page: `cached` is a page that was left and is kept for coming back, `closed` one that was left for good. */
export type PageState = 'visible' | 'hidden' | 'frozen' | 'cached' | 'closed';

/** Steps at one moment of virtual time. From then on, until the page rests, each takes a millisecond. */
const MAX_STEPS = 1_000;
const BUSY_STEP_MS = 1;

/** The longest time that a browser gives to idle callbacks, in milliseconds. */
const LONGEST_IDLE_MS = 50;

/** Milliseconds: a frame this much after the end still counts, since three times 1000 / 60 is not quite 50. */
const ROUNDING = 1e-6;

/** The virtual time of a page: what happens next, and when. */
export class PageTime {
  readonly #parts: ReturnType<typeof fakeHostParts>;
  readonly #hz: number;
  /** Frames of the screen so far, whether or not the page wanted them. */
  #frames = 0;
  /** The frame of the screen in which idle callbacks were last called. */
  #idleFrame = -1;
  /** Steps since the page rested, or the time moved on. */
  #steps = 0;

  constructor(parts: ReturnType<typeof fakeHostParts>, hz: number) {
    this.#parts = parts;
    this.#hz = hz;
  }

  get now(): number {
    return this.#parts.timers.now;
  }

  /** Does what is next, and moves the clock there. Returns `false` if nothing is left to do before `end`; then the clock stands there. */
  step(state: PageState, end: number): boolean {
    const isAlive = state === 'visible' || state === 'hidden';
    const isBusy = this.#steps >= MAX_STEPS;
    if (isAlive && !isBusy && this.#runPresent()) {
      this.#steps++;
      return true;
    }
    const frame = this.#nextFrame(state);
    const next = isBusy ? Math.min(frame, this.now + BUSY_STEP_MS) : Math.min(frame, this.#parts.timers.next);
    if (!isAlive || next > end + ROUNDING || next === Infinity) {
      if (end < Infinity) this.#moveTo(Math.max(end, this.now));
      return false;
    }
    this.#moveTo(next);
    if (next === frame && state === 'visible') this.#parts.frames.runPresent(this.now);
    if (!isBusy || !this.#runPresent()) this.#steps = 0;
    return true;
  }

  /** One timer that is due, else the messages that were posted, else idle callbacks. Returns whether there was any. */
  #runPresent(): boolean {
    const { timers, messages, idle } = this.#parts;
    if (timers.runDue()) return true;
    if (!messages.isEmpty) messages.runPresent();
    else if (!idle.isEmpty && this.#idleFrame !== this.#frames) this.#runIdle();
    else return false;
    return true;
  }

  /**
   * Calls the idle callbacks, with the time until the next frame or timer: after the page has rested, once between two frames of the
   * screen.
   */
  #runIdle(): void {
    const { timers, idle } = this.#parts;
    this.#idleFrame = this.#frames;
    const end = Math.min(this.#timeOf(this.#frames + 1), timers.next, this.now + LONGEST_IDLE_MS);
    idle.runPresent({ didTimeout: false, timeRemaining: () => Math.max(0, end - this.now) });
  }

  /** When the page next gets a frame, or idle time. */
  #nextFrame(state: PageState): number {
    const { frames, idle } = this.#parts;
    const isWanted = (state === 'visible' && !frames.isEmpty) || !idle.isEmpty;
    return isWanted ? this.#timeOf(this.#frames + 1) : Infinity;
  }

  #timeOf(frame: number): number {
    return (frame * 1_000) / this.#hz;
  }

  #moveTo(time: number): void {
    this.#parts.timers.now = time;
    this.#frames = Math.floor((time * this.#hz) / 1_000 + ROUNDING);
  }
}
