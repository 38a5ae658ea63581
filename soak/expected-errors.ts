/** Kind `reentrant`: checks that each error of a program is reported once. */
import { TriphaseError } from '@triphase/core';
import type { Journal } from './journal.ts';

/** The codes of the errors that core itself reports: limits, the end of a run, a trigger loop, a service that ended. */
const OF_CORE: ReadonlySet<string> = new Set([
  'ERR_TRIPHASE_STOPPED',
  'ERR_TRIPHASE_TRIGGER_TIMEOUT',
  'ERR_TRIPHASE_TRIGGER_LOOP',
  'ERR_TRIPHASE_SERVICE_ENDED',
]);

/** The errors of one program. Each must be reported once (C14, C36, C48): to `onError`, or in a text that the logger prints. */
export class ExpectedErrors {
  readonly #journal: Journal;
  readonly #expected: Map<string, { readonly mayBeSilent: () => boolean; times: number }> = new Map();
  #count = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Makes an error. `mayBeSilent` is called at the end; true means that it need not be reported. */
  next(mayBeSilent: () => boolean = () => false): Error {
    const name = `error#${String(++this.#count)}#`;
    this.#expected.set(name, { mayBeSilent, times: 0 });
    this.#journal.note(`  ${name}`);
    return new Error(name);
  }

  /** Whether the error was made here. */
  isOwn(error: unknown): boolean {
    return error instanceof Error && this.#expected.has(error.message);
  }

  /** `onError` was called with this error. */
  heard(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const expected = this.#expected.get(message);
    if (expected !== undefined) expected.times++;
    else {
      const isOfCore = error instanceof TriphaseError && OF_CORE.has(error.code);
      this.#journal.check(
        isOfCore,
        'C48',
        () => `onError got an error that no callback threw: ${error instanceof Error ? String(error.stack) : message}`,
      );
    }
  }

  /** The logger has printed this text. */
  printed(block: string): void {
    for (const name of new Set(block.match(/error#\d+#/g))) {
      const expected = this.#expected.get(name);
      if (expected !== undefined) expected.times++;
    }
    const internal = /^.*(?:TriphaseInternalError|Maximum call stack|is not a function|Cannot read).*$/m.exec(block);
    this.#journal.check(internal === null, 'C48', () => `printed: ${String(internal?.[0])}`);
  }

  /** A method of the observer is called (C46). */
  checkObserver(hasFailed: boolean, method: string): void {
    this.#journal.check(!hasFailed, 'C46', () => `observer.${method} was called after it had thrown`);
  }

  checkEnd(): void {
    for (const [name, { mayBeSilent, times }] of this.#expected) {
      this.#journal.check(
        times === 1 || (times === 0 && mayBeSilent()),
        'C14, C36, C48',
        () => `${name} was reported ${String(times)} times`,
      );
    }
  }
}
