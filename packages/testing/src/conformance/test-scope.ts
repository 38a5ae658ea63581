import type { ReactorBase, ReactorOptions } from '@triphase/core';
import { describeValue } from '../describe-value.ts';
import { nextMacrotask, watchUnhandledRejections } from '../host-globals.ts';
import { deferred, type Deferred } from './deferred.ts';
import { patientTimeout } from './time.ts';

/** Shorter than the default limit of test frameworks, so that the message is ours: it says what was pending. */
const TEST_LIMIT_MS = 4_000;

/** The reactors and the unexpected errors of one test. */
export class TestScope {
  readonly #reactors: ReactorBase[] = [];
  readonly #unexpected: string[] = [];
  /** Rejects when the test is cut. */
  readonly #cut: Deferred<never> = deferred<never>();
  readonly #over: Deferred<void> = deferred();
  #isCut = false;

  readonly onError: NonNullable<ReactorOptions['onError']> = (error, source) => {
    this.#unexpected.push(`${source.kind} ${source.name} reported ${describeValue(error)}`);
  };

  adopt(reactor: ReactorBase): ReactorBase {
    this.#reactors.push(reactor);
    return reactor;
  }

  /**
   * Runs the test, once. It is over when the body has settled, or earlier when it is cut or its time is up; then its reactors are crashed,
   * and what these crashes cause has happened.
   */
  async run(body: () => void | Promise<void>): Promise<void> {
    let unexpected: readonly string[] = [];
    const unwatch = watchUnhandledRejections((reason) => {
      this.#unexpected.push(`unhandled rejection of ${describeValue(reason)}`);
    });
    try {
      await this.#untilItEnds(body);
      await nextMacrotask();
    } finally {
      this.#release();
      unexpected = [...this.#unexpected];
      await nextMacrotask(); // a rejection that a crash caused must not fail the next test
      unwatch();
      this.#over.resolve();
    }
    if (unexpected.length > 0) throw new Error(`unexpected errors: ${unexpected.join('; ')}`);
  }

  /**
   * For the next test, which begins before this one is over: the framework has given this test up, or it runs tests at the same time. This
   * one fails, even before it has run. Resolves when it is over.
   */
  async cut(): Promise<void> {
    this.#isCut = true;
    this.#cut.reject(
      new Error(
        `the next test began before this one was over, and they share the host: run them one after another, each with a limit above ${TEST_LIMIT_MS} ms`,
      ),
    );
    await this.#over.promise;
  }

  async #untilItEnds(body: () => void | Promise<void>): Promise<void> {
    const limit = deferred<never>();
    const cancel = patientTimeout(TEST_LIMIT_MS, () => {
      limit.reject(new Error(`the test timed out after ${TEST_LIMIT_MS} ms; ${this.#describe()}`));
    });
    try {
      await Promise.race([this.#isCut ? this.#cut.promise : body(), limit.promise, this.#cut.promise]);
    } finally {
      cancel();
    }
  }

  #describe(): string {
    const reactors = this.#reactors.map((reactor) => {
      const waiting = reactor.pending().map(({ kind, name }) => `${kind} ${name}`);
      return `reactor ${reactor.state}, pending: ${waiting.join(', ') || 'nothing'}`;
    });
    return [...reactors, ...this.#unexpected].join('; ');
  }

  /** A failed test must not leave a reactor that keeps the host alive or disturbs the next test. */
  #release(): void {
    for (const reactor of this.#reactors) {
      if (reactor.state === 'idle' || reactor.state === 'stopped') continue;
      try {
        reactor.crash();
      } catch (error) {
        this.#unexpected.push(`crash() after the test threw ${describeValue(error)}`);
      }
    }
  }
}
