import type { Finding } from './examination.ts';

/** Examines a few at once, in order, once the first is over. */
export class ExaminationQueue {
  readonly #waiting: (() => void)[] = [];

  constructor(first: Promise<unknown>, atOnce: number) {
    const begin = (): void => {
      for (let count = 0; count < atOnce; count++) this.#next();
    };
    void first.then(begin, begin);
  }

  add(examine: () => Promise<Finding>): Promise<Finding> {
    const finding = new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    }).then(examine);
    const next = (): void => {
      this.#next();
    };
    // Also hears a rejection, which is told by the test that awaits it.
    finding.then(next, next);
    return finding;
  }

  #next(): void {
    this.#waiting.shift()?.();
  }
}
