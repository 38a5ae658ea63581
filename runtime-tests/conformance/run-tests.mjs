import { tinyRunner } from '@triphase/testing';

/**
 * Runs the tests that `register` gives to a runner, on the host that loads this module. Resolves with plain data:
 * `{ passed, tests, skips, failures: [{ test, error }] }`. `tests` and `skips` are the names of those that ran, and of the others.
 */
export async function runTests(register) {
  const { runner, tests, skips } = listingRunner();
  register(runner);
  const { passed, failures } = await runner.run();
  return { passed, tests, skips, failures: failures.map(({ test, error }) => ({ test, error: textOf(error) })) };
}

/** A runner, and the names of the tests that are registered and left out, in their order. */
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

/** The message and where it comes from: engines differ in whether a stack begins with the message. */
export function textOf(error) {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? '';
  const text = stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${textOf(error.cause)}`;
}
