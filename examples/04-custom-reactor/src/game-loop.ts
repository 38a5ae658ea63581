/** The loop of another library: it shows frames, and calls back in the next one on request. */
export class GameLoop {
  readonly #waiting: Set<() => void> = new Set();
  #timer: NodeJS.Timeout | undefined;
  frame = 0;

  start(): void {
    this.#timer = setInterval(() => {
      this.frame++;
      const callbacks = [...this.#waiting];
      this.#waiting.clear();
      for (const callback of callbacks) callback();
    }, 16);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Calls back once, in the next frame. Returns a function that cancels it. */
  onNextFrame(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }
}
