import type { NodeHost } from '@triphase/node-reactor';

/** The real functions of the host, and how many of the timers and immediates that were asked for are still to come. */
export class CountingHost {
  readonly #timers: Set<unknown> = new Set();
  readonly #immediates: Set<unknown> = new Set();

  /** `2 timers, 1 immediate`; empty when nothing is left. */
  outstanding(): string {
    return [
      [this.#timers.size, 'timers'],
      [this.#immediates.size, 'immediates'],
    ]
      .filter(([count]) => count !== 0)
      .map(([count, what]) => `${String(count)} ${String(what)}`)
      .join(', ');
  }

  readonly functions: Pick<NodeHost, 'setTimeout' | 'clearTimeout' | 'setImmediate' | 'clearImmediate'> = {
    setTimeout: (callback, ms) => {
      const handle = setTimeout(() => {
        this.#timers.delete(handle);
        callback();
      }, ms);
      this.#timers.add(handle);
      return handle;
    },
    clearTimeout: (handle) => {
      this.#timers.delete(handle);
      clearTimeout(handle as NodeJS.Timeout); // as: what setTimeout above returned
    },
    setImmediate: (callback) => {
      const handle = setImmediate(() => {
        this.#immediates.delete(handle);
        callback();
      });
      this.#immediates.add(handle);
      return handle;
    },
    clearImmediate: (handle) => {
      this.#immediates.delete(handle);
      clearImmediate(handle as NodeJS.Immediate); // as: what setImmediate above returned
    },
  };
}
