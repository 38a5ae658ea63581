/** Counts the tests of a stage, and prints each result. */
export class Tally {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Adds a report of `runTests`. */
  add(title, report) {
    const { passed, skips, failures } = report;
    this.#take(report, `${title}: ${passed} passed, ${failures.length} failed, ${skips.length} skipped`);
  }

  /** Runs one test; `body` throws if it fails. Resolves with `true` if it passed. */
  async check(title, body) {
    try {
      await body();
      this.#take({ passed: 1, skips: [], failures: [] }, title);
      return true;
    } catch (error) {
      this.#take({ passed: 0, skips: [], failures: [{ test: 'failed', error: String(error.stack ?? error) }] }, title);
      return false;
    }
  }

  skip(title, reason) {
    this.#skipped += 1;
    console.log(`skipped ${title} (${reason})`);
  }

  #take({ passed, skips, failures }, title) {
    this.#passed += passed;
    this.#failed += failures.length;
    this.#skipped += skips.length;
    console.log(`${failures.length === 0 ? 'passed' : 'FAILED'}  ${title}`);
    for (const name of skips) console.log(`        skipped ${name}`);
    for (const { test, error } of failures) console.log(`        ${test}\n${error.replace(/^/gm, '            ')}`);
  }

  /** Prints the line that `npm test` reads, and sets the exit status. Without any passed test the stage has failed. */
  close() {
    console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    process.exitCode = this.#failed > 0 || this.#passed === 0 ? 1 : 0;
  }
}

/** Prints why this machine can't run the stage, and ends it with status 77, so that `npm test` counts it as left out. */
export function leaveOut(reason) {
  console.log(reason);
  process.exit(77);
}
