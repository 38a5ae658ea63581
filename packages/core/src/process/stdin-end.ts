import type { ProcessHost } from './process-host.ts';

/**
 * Hears the end of stdin (N25). Where nobody reads stdin its end would never come: then it is read, from `begin()` on, and what comes is
 * thrown away.
 */
export class StdinEnd {
  readonly #host: ProcessHost;
  readonly #onEnd: () => void;
  #isReading = false;

  constructor(host: ProcessHost, onEnd: () => void) {
    this.#host = host;
    this.#onEnd = onEnd;
    const { stdin } = host.process;
    for (const event of ['end', 'close', 'error']) stdin.on(event, onEnd);
    if (stdin.destroyed || stdin.readableEnded) onEnd();
  }

  /** Called when the start is over: reads stdin if the program doesn't. */
  begin(): void {
    const { stdin } = this.#host.process;
    if (stdin.readableFlowing !== null || stdin.listenerCount('readable') > 0) return;
    this.#isReading = true;
    stdin.resume();
  }

  /** Stops listening and reading: a paused stdin doesn't keep the process alive. */
  end(): void {
    const { stdin } = this.#host.process;
    for (const event of ['end', 'close', 'error']) stdin.off(event, this.#onEnd);
    if (this.#isReading) stdin.pause();
  }
}
