import { describeValue } from './describe-value.ts';
import { difference } from './difference.ts';
import type { Expectation, TestRunner } from './test-runner.ts';

/** One test that failed, and what it threw. */
export interface TestFailure {
  /** The names of the groups around it and its own, joined by ` › `. */
  readonly test: string;
  /** Whatever was thrown or rejected with, `undefined` too. */
  readonly error: unknown;
}

/** What {@link TinyRunner.run} found. */
export interface TestOutcome {
  /** How many ran and did not fail. */
  readonly passed: number;
  /** How many were registered with `it.skip`. */
  readonly skipped: number;
  /** In the order in which they ran; empty when all passed. */
  readonly failures: readonly TestFailure[];
}

/** A test runner that is one object: `describe` and `it` collect the tests, `run()` runs them. */
export interface TinyRunner extends TestRunner {
  /** Registers a test; `it.skip` one that is only counted. */
  readonly it: TestRunner['it'] & { skip(name: string, body?: () => void | Promise<void>): void };
  /** Runs the tests one after another, in the order they were registered, and never rejects. */
  run(): Promise<TestOutcome>;
}

/** Thrown by an assertion of {@link tinyRunner}. */
class ExpectationError extends Error {
  override get name(): string {
    return 'ExpectationError';
  }
}

interface Test {
  readonly name: string;
  readonly body: (() => void | Promise<void>) | undefined;
}

/**
 * A test runner for places that have none: a page, a worker, workerd, Deno without permissions. It uses no host function at all.
 */
export function tinyRunner(): TinyRunner {
  const tests: Test[] = [];
  const groups: string[] = [];
  const add = (name: string, body: Test['body']): void => {
    tests.push({ name: [...groups, name].join(' › '), body });
  };
  return {
    describe(name, body) {
      groups.push(name);
      try {
        body();
      } finally {
        groups.pop();
      }
    },
    it: Object.assign(
      (name: string, body: () => void | Promise<void>) => {
        add(name, body);
      },
      {
        skip: (name: string) => {
          add(name, undefined);
        },
      },
    ),
    expect: (actual) => expectation(actual, false),
    run: () => runAll(tests),
  };
}

async function runAll(tests: readonly Test[]): Promise<TestOutcome> {
  const failures: TestFailure[] = [];
  let passed = 0;
  let skipped = 0;
  for (const { name, body } of tests) {
    if (body === undefined) {
      skipped++;
      continue;
    }
    try {
      await body();
      passed++;
    } catch (error) {
      failures.push({ test: name, error });
    }
  }
  return { passed, skipped, failures };
}

function expectation(actual: unknown, negated: boolean): Expectation {
  /** `problem`: what is wrong for the plain form; `undefined` where it holds. */
  const assert = (problem: string | undefined, negatedProblem: string): void => {
    const message = negated ? (problem === undefined ? negatedProblem : undefined) : problem;
    if (message !== undefined) throw new ExpectationError(message);
  };
  return {
    get not() {
      return expectation(actual, !negated);
    },
    toBe(expected) {
      const shown = `expected ${describeValue(actual)} to be ${describeValue(expected)}`;
      const hint = difference(actual, expected) === undefined ? ' (equal, but another object: use toEqual)' : '';
      assert(
        Object.is(actual, expected) ? undefined : shown + hint,
        `expected something else than ${describeValue(actual)}`,
      );
    },
    toEqual(expected) {
      const found = difference(actual, expected);
      const shown = `expected ${describeValue(actual)} to equal ${describeValue(expected)}`;
      assert(found && `${shown}: ${found}`, `expected something that does not equal ${describeValue(actual)}`);
    },
    toThrow(expected) {
      const thrown = call(actual);
      const wanted = expected === undefined ? 'an error' : describeValue(expected);
      if (thrown === undefined) {
        assert(`expected the function to throw ${wanted}; it returned`, '');
        return;
      }
      const fits = expected === undefined || matches(thrown.error, expected);
      assert(
        fits ? undefined : `expected the function to throw ${wanted}; it threw ${describeValue(thrown.error)}`,
        `expected the function not to throw ${wanted}; it threw ${describeValue(thrown.error)}`,
      );
    },
  };
}

function call(actual: unknown): { readonly error: unknown } | undefined {
  if (typeof actual !== 'function') throw new TypeError(`toThrow needs a function, not ${describeValue(actual)}`);
  try {
    // The one thing known of it is that it can be called.
    (actual as () => unknown)();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** As jest reads it: a class, a part of the message, a pattern for it, or an error with the same message. */
function matches(error: unknown, expected: unknown): boolean {
  if (typeof expected === 'function') return error instanceof expected;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof expected === 'string') return message.includes(expected);
  if (expected instanceof RegExp) return expected.test(message);
  return expected instanceof Error && expected.message === message;
}
