/** All kinds but `process`: what happened in one life, for the message of a violation. */

/** A statement of the contract was violated. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Records the steps of one life, in order, and the violations. */
export class Journal {
  readonly violations: Violation[] = [];
  readonly #lines: string[] = [];

  note(line: string): void {
    this.#lines.push(line);
  }

  /** Records a violation of this statement if `holds` is false. The life goes on. */
  check(holds: boolean, statement: string, what: () => string): void {
    if (holds) return;
    const message = `${statement}: ${what()}`;
    this.note(`✗ ${message}`);
    this.violations.push(new Violation(message));
  }

  /** Calls `fn`. Returns false if it threw one of these errors. Any other error is a violation. */
  allow(classes: readonly (abstract new (...args: never[]) => Error)[], fn: () => unknown): boolean {
    try {
      fn();
      return true;
    } catch (error) {
      const isAllowed = classes.some((errorClass) => error instanceof errorClass);
      this.check(isAllowed, 'misuse', () => (error instanceof Error ? String(error.stack) : String(error)));
      return false;
    }
  }

  /** The last steps, the newest at the end. */
  tail(count = 80): string {
    return this.#lines.slice(-count).join('\n');
  }
}
