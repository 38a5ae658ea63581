/** A loop that is not ours: it shows frames, and whoever wants to hear of the next one asks for it. */
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

  /** Calls back once, in the next frame; returns how to take that back. */
  onNextFrame(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }
}
