import { tinyRunner } from '@triphase/testing';

/**
 * Runs the tests that `register` adds to a runner, on the host that loads this module. Resolves with plain data:
 * `{ passed, tests, skips, failures: [{ test, error }] }`. `passed` is a number, `tests` and `skips` are the names of the tests that ran and of those
 * that were left out.
 */
export async function runTests(register) {
  const { runner, tests, skips } = listingRunner();
  register(runner);
  const { passed, failures } = await runner.run();
  return { passed, tests, skips, failures: failures.map(({ test, error }) => ({ test, error: textOf(error) })) };
}

/** A runner that lists the names of its tests, and of those that are left out, in their order. */
function listingRunner() {
  const runner = tinyRunner();
  const [tests, skips] = [[], []];
  const it = (name, body) => {
    tests.push(name);
    runner.it(name, body);
  };
  const skip = (name) => {
    skips.push(name);
    runner.it.skip(name);
  };
  return { runner: { ...runner, it: Object.assign(it, { skip }) }, tests, skips };
}

/** The message and the stack of an error, since the stack begins with the message only in some engines. */
export function textOf(error) {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? '';
  const text = stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${textOf(error.cause)}`;
}
