/** Something that the contract rules out was seen. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** What happened in one life, in order, and what of it must not have. */
export class Journal {
  readonly violations: Violation[] = [];
  readonly #lines: string[] = [];

  note(line: string): void {
    this.#lines.push(line);
  }

  /** Keeps a violation of a statement; the life goes on, and is told at its end. */
  check(holds: boolean, statement: string, what: () => string): void {
    if (holds) return;
    const told = `${statement}: ${what()}`;
    this.note(`✗ ${told}`);
    this.violations.push(new Violation(told));
  }

  /** The last lines, the newest at the end. */
  tail(count = 80): string {
    return this.#lines.slice(-count).join('\n');
  }
}
