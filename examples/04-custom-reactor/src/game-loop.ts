/** The loop of another library: it has a frame every 16 ms, and calls back in the next frame on request. */
export class GameLoop {
  readonly #callbacks: Set<() => void> = new Set();
  #timer: NodeJS.Timeout | undefined;
  frame = 0;

  start(): void {
    this.#timer = setInterval(() => {
      this.frame++;
      const callbacks = [...this.#callbacks];
      this.#callbacks.clear();
      for (const callback of callbacks) callback();
    }, 16);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Calls back once, in the next frame. Returns a function that cancels it. */
  onNextFrame(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }
}
