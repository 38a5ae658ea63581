/** Counts tests over several runs, and prints what did not pass. */
export class Tally {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Takes a report of `runTests`. */
  add(title, { passed, skips, failures }) {
    this.#passed += passed;
    this.#failed += failures.length;
    this.#skipped += skips.length;
    console.log(
      `${failures.length === 0 ? 'passed' : 'FAILED'}  ${title}: ${passed} passed, ${failures.length} failed, ${skips.length} skipped`,
    );
    for (const name of skips) console.log(`        skipped: ${name}`);
    for (const { test, error } of failures) console.log(`        ${test}\n${error.replace(/^/gm, '            ')}`);
  }

  /** One test: `check` throws when it fails. */
  async check(title, check) {
    try {
      await check();
      this.add(title, { passed: 1, skips: [], failures: [] });
    } catch (error) {
      this.add(title, { passed: 0, skips: [], failures: [{ test: title, error: String(error.stack ?? error) }] });
    }
  }

  /** The line that `npm test` reads, and the exit status. */
  close() {
    console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    process.exitCode = this.#failed > 0 || this.#passed === 0 ? 1 : 0;
  }
}

/** What this machine lacks: says so and ends the stage as left out. */
export function leaveOut(reason) {
  console.log(reason);
  process.exit(77);
}
