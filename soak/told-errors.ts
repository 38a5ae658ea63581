import { TriphaseError } from '@triphase/core';
import type { Journal } from './journal.ts';

/** What core reports by itself: limits, the end of a run, a phase that adds to itself. */
const OF_CORE: ReadonlySet<string> = new Set([
  'ERR_TRIPHASE_STOPPED',
  'ERR_TRIPHASE_TRIGGER_TIMEOUT',
  'ERR_TRIPHASE_TRIGGER_LOOP',
  'ERR_TRIPHASE_SERVICE_ENDED',
]);

/** The errors of one program, each of which is to be told once (C14, C36, C48): to `onError`, or in a text of the logger. */
export class ToldErrors {
  readonly #journal: Journal;
  readonly #expected: Map<string, { readonly mayBeSilent: () => boolean; times: number }> = new Map();
  #count = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** A new error. `mayBeSilent`: asked at the end whether it is right that nobody has heard of it. */
  next(mayBeSilent: () => boolean = () => false): Error {
    const name = `error#${String(++this.#count)}#`;
    this.#expected.set(name, { mayBeSilent, times: 0 });
    this.#journal.note(`  ${name}`);
    return new Error(name);
  }

  /** Whether it is one of these. */
  isOwn(error: unknown): boolean {
    return error instanceof Error && this.#expected.has(error.message);
  }

  /** `onError` was called with it. */
  heard(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const expected = this.#expected.get(message);
    if (expected !== undefined) expected.times++;
    else {
      const isOfCore = error instanceof TriphaseError && OF_CORE.has(error.code);
      this.#journal.check(
        isOfCore,
        'C48',
        () => `onError got what nobody threw: ${error instanceof Error ? String(error.stack) : message}`,
      );
    }
  }

  /** A block was printed, by a logger that did not fail. */
  printed(block: string): void {
    for (const name of new Set(block.match(/error#\d+#/g))) {
      const expected = this.#expected.get(name);
      if (expected !== undefined) expected.times++;
    }
    const internal = /^.*(?:TriphaseInternalError|Maximum call stack|is not a function|Cannot read).*$/m.exec(block);
    this.#journal.check(internal === null, 'C48', () => `printed: ${String(internal?.[0])}`);
  }

  /** An observer hears of something: C46. */
  checkObserver(hasFailed: boolean, method: string): void {
    this.#journal.check(!hasFailed, 'C46', () => `observer.${method} was called after it had thrown`);
  }

  checkEnd(): void {
    for (const [name, { mayBeSilent, times }] of this.#expected) {
      this.#journal.check(
        times === 1 || (times === 0 && mayBeSilent()),
        'C14, C36, C48',
        () => `${name} was told ${String(times)} times`,
      );
    }
  }
}
