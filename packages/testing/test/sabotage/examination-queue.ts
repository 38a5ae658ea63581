import type { Finding } from './examination.ts';

/** Runs examinations in order, at most `atOnce` at the same time, after `first` has settled. */
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
    // The test that awaits `finding` reports a rejection.
    finding.then(next, next);
    return finding;
  }

  #next(): void {
    this.#waiting.shift()?.();
  }
}
