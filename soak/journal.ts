/** The contract was violated. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The steps of one life, in order, and the violations. */
export class Journal {
  readonly violations: Violation[] = [];
  readonly #lines: string[] = [];

  note(line: string): void {
    this.#lines.push(line);
  }

  /** Records a violation if `holds` is false. The life goes on. */
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
